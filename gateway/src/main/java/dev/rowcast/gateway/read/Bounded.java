package dev.rowcast.gateway.read;

import dev.rowcast.schemas.protocol.ErrorCode;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A query whose rows together are no longer than an answer may be. The database adds them up, since the driver would
/// hold all of them before it shows the first.
final class Bounded {

    /// Of the rows of one answer, in UTF-8.
    static final int MOST_BYTES = 4 << 20;

    private Bounded() {}

    /// @param json the row, as an expression
    /// @param more other expressions, which come out as texts
    /// @param rest everything of the query behind its columns
    /// @param order the same order again, by the names that [#column] has for `more`; empty where none is asked for
    /// @return the first column of every row is null when the rows are too long
    static String query(String json, List<String> more, String rest, String order) {
        String inner = IntStream.range(0, more.size())
                .mapToObj(i -> ", %s c%d".formatted(more.get(i), i))
                .collect(Collectors.joining());
        String outer = IntStream.range(0, more.size())
                .mapToObj(i -> ", %s::text".formatted(column(i)))
                .collect(Collectors.joining());
        return "select case when sum(octet_length(a.j)) over () <= %d then a.j end%s from (select %s j%s %s) a %s"
                .formatted(MOST_BYTES, outer, json, inner, rest, order);
    }

    static String column(int index) {
        return "a.c" + index;
    }

    static BadRequestException tooLong() {
        return new BadRequestException(
                ErrorCode.TOO_LONG,
                "The rows have more than %d MiB together; ask for fewer, by limit or ids.".formatted(MOST_BYTES >> 20));
    }
}
