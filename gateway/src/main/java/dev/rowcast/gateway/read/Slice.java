package dev.rowcast.gateway.read;

import dev.rowcast.schemas.key.KeyText;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.util.List;
import java.util.Optional;

/// Which part of a list is wanted.
sealed interface Slice {

    /// Rows a page, where it is not said.
    int DEFAULT_LIMIT = 20;

    /// The most rows of one answer.
    int LARGEST_LIMIT = 100;

    /// The last page that can be asked for by its number.
    int LARGEST_NUMBER = 100_000;

    /// The parameters that make one.
    List<String> PARAMETERS = List.of("page", "limit", "sort", "cursor", "ids");

    /// As its parameters say it, in one spelling.
    String text();

    /// One page of all.
    ///
    /// @param number from 1
    record ByPage(int number, int limit, Optional<String> sort) implements Slice {
        long pages(long total) {
            return (total + limit - 1) / limit;
        }

        @Override
        public String text() {
            return "page=%d&limit=%d&sort=%s".formatted(number, limit, sort.orElse(""));
        }
    }

    /// What follows the last row of another answer.
    record ByCursor(String cursor, int limit, Optional<String> sort) implements Slice {
        @Override
        public String text() {
            return "cursor=%s&limit=%d&sort=%s".formatted(cursor, limit, sort.orElse(""));
        }
    }

    /// Rows by their ids, in the order of these.
    record ByIds(List<String> ids) implements Slice {
        @Override
        public String text() {
            return "ids=" + KeyText.join(ids);
        }
    }

    /// @throws BadRequestException when the parameters are not of one kind, or out of their bounds
    static Slice of(Parameters parameters) {
        Optional<String> ids = parameters.text("ids");
        if (ids.isPresent()) {
            refuse(parameters, "ids", List.of("page", "limit", "sort", "cursor"));
            return ofIds(ids.get());
        }
        int limit = parameters.number("limit", DEFAULT_LIMIT, LARGEST_LIMIT);
        Optional<String> sort = parameters.text("sort");
        Optional<String> cursor = parameters.text("cursor");
        if (cursor.isPresent()) {
            refuse(parameters, "cursor", List.of("page"));
            return new ByCursor(cursor.get(), limit, sort);
        }
        return new ByPage(parameters.number("page", 1, LARGEST_NUMBER), limit, sort);
    }

    private static Slice ofIds(String text) {
        List<String> ids = KeyText.split(text).stream().distinct().toList();
        if (ids.size() > LARGEST_LIMIT) {
            throw new BadRequestException(
                    ErrorCode.TOO_MANY_IDS,
                    "ids names %d rows; name at most %d, and ask again for the others."
                            .formatted(ids.size(), LARGEST_LIMIT));
        }
        if (ids.contains("")) {
            throw Parameters.bad("ids", text, "has an empty id; separate ids by one comma");
        }
        return new ByIds(ids);
    }

    private static void refuse(Parameters parameters, String with, List<String> names) {
        for (String name : names) {
            parameters.text(name).ifPresent(value -> {
                throw Parameters.bad(name, value, "has no meaning beside %s; leave one of them away".formatted(with));
            });
        }
    }
}
