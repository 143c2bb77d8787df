package dev.rowcast.streams.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What one value was, and since when. Immutable.
///
/// @param entries in order, each moment once
/// @param trimmed whether there was something before the first entry that is forgotten by now
public record History<V>(List<Entry<V>> entries, boolean trimmed) {

    /// @param value empty: from here on there is none
    public record Entry<V>(Moment at, Optional<V> value) {}

    public History {
        entries = List.copyOf(entries);
    }

    /// There never was a value.
    public static <V> History<V> empty() {
        return new History<>(List.of(), false);
    }

    /// This history and what is said at a moment. Saying it again changes nothing, and neither does it touch what is
    /// known of later moments: input that is read again finds the history ahead of it.
    public History<V> with(Moment at, Optional<V> value, HistoryLimits limits) {
        List<Entry<V>> more = new ArrayList<>(entries);
        int index = countUntil(at);
        Entry<V> entry = new Entry<>(at, value);
        if (index > 0 && entries.get(index - 1).at().equals(at)) {
            more.set(index - 1, entry);
        } else {
            more.add(index, entry);
        }
        // What is as old as that is asked no more, but for the last entry of it, which may still hold.
        Moment newest = more.getLast().at();
        int first = Math.max(0, more.size() - limits.entries());
        while (first + 1 < more.size() && more.get(first + 1).at().ageAt(newest) >= limits.offsets()) {
            first++;
        }
        return new History<>(more.subList(first, more.size()), trimmed || first > 0);
    }

    /// What was said at this moment, or else last before it.
    public Knowledge<V> asOf(Moment at) {
        int count = countUntil(at);
        if (count == 0 && trimmed) {
            return new Knowledge.Unknown<>();
        }
        return new Knowledge.Known<>(
                count == 0 ? Optional.empty() : entries.get(count - 1).value());
    }

    /// When that was said; empty when nothing is known of it.
    public Optional<Moment> since(Moment at) {
        int count = countUntil(at);
        return count == 0
                ? Optional.empty()
                : Optional.of(entries.get(count - 1).at());
    }

    /// Whether something was said after the first moment, and not after the second.
    public boolean saysAnything(Moment after, Moment until) {
        return countUntil(until) > countUntil(after);
    }

    /// Every value in it.
    public Stream<V> values() {
        return entries.stream().flatMap(entry -> entry.value().stream());
    }

    /// Whether it says nothing but that there is no value, and has for so long that nobody asks about before.
    public boolean isOver(Moment now, HistoryLimits limits) {
        return entries.isEmpty()
                || entries.getLast().value().isEmpty() && entries.getLast().at().ageAt(now) > limits.offsets();
    }

    private int countUntil(Moment at) {
        int count = entries.size();
        while (count > 0 && entries.get(count - 1).at().compareTo(at) > 0) {
            count--;
        }
        return count;
    }
}
