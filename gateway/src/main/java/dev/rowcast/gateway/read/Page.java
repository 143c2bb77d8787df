package dev.rowcast.gateway.read;

import dev.rowcast.schemas.protocol.ErrorCode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which part of a list is wanted, in which order.
///
/// @param number from 1 to 100,000
/// @param limit rows a page, 1 to 100
/// @param sort a column that is delivered, then `.asc` or `.desc`
record Page(int number, int limit, Optional<String> sort) {

    private static final int LARGEST_NUMBER = 100_000;
    private static final int LARGEST_LIMIT = 100;
    private static final int DEFAULT_LIMIT = 20;

    static Page of(Optional<String> page, Optional<String> limit, Optional<String> sort) {
        return new Page(
                number("page", page, 1, LARGEST_NUMBER), number("limit", limit, DEFAULT_LIMIT, LARGEST_LIMIT), sort);
    }

    long pages(long total) {
        return (total + limit - 1) / limit;
    }

    /// Order and limits. The key is always the last of the order, so that pages neither overlap nor leave gaps.
    String suffix(EntityQuery query, List<String> key) {
        String byKey = String.join(
                ", ", key.stream().map(name -> "t." + EntityQuery.quoted(name)).toList());
        String order =
                sort.map(text -> order(text, query.columns()) + ", " + byKey).orElse(byKey);
        return "order by %s limit %d offset %d".formatted(order, limit, (number - 1L) * limit);
    }

    private static String order(String text, List<String> columns) {
        int dot = text.lastIndexOf('.');
        String column = dot < 0 ? text : text.substring(0, dot);
        String direction = dot < 0 ? "asc" : text.substring(dot + 1).toLowerCase(Locale.ROOT);
        if (!columns.contains(column) || !direction.equals("asc") && !direction.equals("desc")) {
            throw new BadRequestException(
                    ErrorCode.INVALID_MESSAGE,
                    "sort must be one of %s, with .asc or .desc behind it.".formatted(columns));
        }
        return "t.%s %s".formatted(EntityQuery.quoted(column), direction);
    }

    private static int number(String name, Optional<String> text, int fallback, int most) {
        try {
            int value = text.map(Integer::parseInt).orElse(fallback);
            if (value >= 1 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new BadRequestException(
                ErrorCode.INVALID_MESSAGE, "%s must be a whole number from 1 to %d.".formatted(name, most));
    }
}
