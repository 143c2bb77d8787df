package dev.rowcast.gateway.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Where a row stood in a list, whether it is still there or not: what follows it is found by comparison, so
/// rows that come and go neither shift what is next nor repeat what was.
///
/// @param value that is sorted by; empty also where it is null
/// @param key the row's primary key
record Place(Optional<String> value, List<String> key) {

    /// @param texts in the order of [Sort#place]
    static Place of(Sort sort, List<Optional<String>> texts) {
        boolean sorted = sort.column().isPresent();
        return new Place(
                sorted ? texts.getFirst() : Optional.empty(),
                texts.subList(sorted ? 1 : 0, texts.size()).stream()
                        .map(Optional::orElseThrow)
                        .toList());
    }

    /// What comes after this place. Postgres puts nulls last where it ascends, and first where it descends.
    Where after(Sort sort) {
        Where later = laterKey(sort.key());
        if (sort.column().isEmpty()) {
            return later;
        }
        String column = sort.column().get().sql();
        if (value.isEmpty()) {
            Where sameNull = Where.of(column + " is null").and(later);
            return sort.descending() ? Where.any(List.of(Where.of(column + " is not null"), sameNull)) : sameNull;
        }
        List<Where> alternatives = new ArrayList<>();
        alternatives.add(Where.of(column + (sort.descending() ? " < ?" : " > ?"), value.get()));
        alternatives.add(Where.of(column + " = ?", value.get()).and(later));
        if (!sort.descending()) {
            alternatives.add(Where.of(column + " is null"));
        }
        return Where.any(alternatives);
    }

    private Where laterKey(List<Column> columns) {
        String names = columns.stream().map(Column::sql).collect(Collectors.joining(", "));
        String marks = columns.stream().map(column -> "?").collect(Collectors.joining(", "));
        return new Where("(%s) > (%s)".formatted(names, marks), key);
    }
}
