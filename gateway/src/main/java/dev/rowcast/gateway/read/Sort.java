package dev.rowcast.gateway.read;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The order of a list. The key is always the last of it, ascending, so that pages neither overlap nor leave
/// gaps.
///
/// @param column one that is shown; without one the key alone decides
record Sort(Optional<Column> column, boolean descending, List<Column> key) {

    /// @param text such as `created_at.desc`
    static Sort of(Optional<String> text, Entity entity) {
        return text.map(order -> parse(order, entity)).orElseGet(() -> new Sort(Optional.empty(), false, entity.key()));
    }

    private static Sort parse(String text, Entity entity) {
        int dot = text.lastIndexOf('.');
        String column = dot < 0 ? text : text.substring(0, dot);
        String direction = dot < 0 ? "asc" : text.substring(dot + 1).toLowerCase(Locale.ROOT);
        if (!entity.columns().contains(column) || !direction.equals("asc") && !direction.equals("desc")) {
            throw Parameters.bad(
                    "sort",
                    text,
                    "must be one of %s, with .asc or .desc behind it".formatted(String.join(", ", entity.columns())));
        }
        return new Sort(Optional.of(entity.own(column)), direction.equals("desc"), entity.key());
    }

    String sql() {
        Stream<String> first = column.stream().map(each -> each.sql() + (descending ? " desc" : " asc"));
        return "order by " + Stream.concat(first, key.stream().map(Column::sql)).collect(Collectors.joining(", "));
    }

    /// The same order of rows that have [#place] as [Bounded] names it.
    String again() {
        List<String> names = IntStream.range(0, place().size())
                .mapToObj(i -> Bounded.column(i) + (i == 0 && column.isPresent() && descending ? " desc" : ""))
                .toList();
        return "order by " + String.join(", ", names);
    }

    /// What tells where a row is in this order, as expressions: the value that is sorted by, where one is,
    /// and the key.
    List<String> place() {
        return Stream.concat(column.stream(), key.stream()).map(Column::sql).toList();
    }

    /// As the client wrote it, in one spelling.
    @Override
    public String toString() {
        return column.map(each -> each.name() + (descending ? ".desc" : ".asc")).orElse("");
    }
}
