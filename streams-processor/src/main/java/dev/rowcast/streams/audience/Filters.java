package dev.rowcast.streams.audience;

import dev.rowcast.schemas.filter.Equality;
import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.filter.FilterException;
import dev.rowcast.schemas.filter.Row;
import dev.rowcast.schemas.filter.ValueKey;
import dev.rowcast.streams.route.Images;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/// The filters by which one channel is narrowed, found by the equality that they ask for: of 10,000 that want another
/// value each, a change costs those of its two values. Filters that ask for no equality are all candidates.
final class Filters {

    private final Map<String, Filter> byText = new HashMap<>();
    private final Map<String, Map<ValueKey, Set<Filter>>> byEquality = new HashMap<>();
    private final Set<Filter> others = new LinkedHashSet<>();

    /// One that cannot be read passes nothing; [Admission] does not let it in.
    void add(String text) {
        if (byText.containsKey(text)) {
            return;
        }
        parsed(text).ifPresent(filter -> {
            byText.put(text, filter);
            filter.equality().ifPresentOrElse(equality -> places(equality, filter, Set::add), () -> others.add(filter));
        });
    }

    void remove(String text) {
        Filter filter = byText.remove(text);
        if (filter == null) {
            return;
        }
        filter.equality()
                .ifPresentOrElse(equality -> places(equality, filter, Set::remove), () -> others.remove(filter));
    }

    boolean isEmpty() {
        return byText.isEmpty();
    }

    /// Every filter.
    Collection<Filter> all() {
        return byText.values();
    }

    /// Those that may pass the old row or the new one; it has to be asked which of them do.
    Collection<Filter> candidates(Images images) {
        if (byEquality.isEmpty()) {
            return others;
        }
        Set<Filter> candidates = new LinkedHashSet<>(others);
        byEquality.forEach((column, filters) -> {
            if (images.columns().contains(column)) {
                images.before().ifPresent(row -> collect(row, column, filters, candidates));
                images.after().ifPresent(row -> collect(row, column, filters, candidates));
            }
        });
        return candidates;
    }

    private static void collect(Row row, String column, Map<ValueKey, Set<Filter>> filters, Set<Filter> candidates) {
        if (row.has(column)) {
            row.key(column).map(filters::get).ifPresent(candidates::addAll);
        } else {
            filters.values().forEach(candidates::addAll);
        }
    }

    private void places(Equality equality, Filter filter, BiConsumer<Set<Filter>, Filter> change) {
        Map<ValueKey, Set<Filter>> filters =
                byEquality.computeIfAbsent(equality.column(), unseen -> new LinkedHashMap<>());
        for (ValueKey key : equality.keys()) {
            Set<Filter> same = filters.computeIfAbsent(key, unseen -> new HashSet<>(2));
            change.accept(same, filter);
            if (same.isEmpty()) {
                filters.remove(key);
            }
        }
        if (filters.isEmpty()) {
            byEquality.remove(equality.column());
        }
    }

    private static Optional<Filter> parsed(String text) {
        try {
            return Optional.of(Filter.parse(text));
        } catch (FilterException e) {
            return Optional.empty();
        }
    }
}
