package dev.rowcast.bench.cache;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.HdrHistogram.Histogram;

/// One trial of a cell: what was done, and what came of it, by titles in order.
record Row(Cell cell, SequencedMap<String, Object> what, SequencedMap<String, Double> measured) {

    private static final double NS_PER_US = 1e3;
    private static final double NS_PER_MS = 1e6;

    static Row of(Cell cell) {
        return new Row(cell, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /// Trials of which all these are the same are told as one, with medians.
    Row with(String title, Object value) {
        what.put(title, value);
        return this;
    }

    Row measured(String title, double value) {
        measured.put(title, value);
        return this;
    }

    /// @param times in ns
    Row us(Histogram times) {
        return measured("p50 µs", times.getValueAtPercentile(50) / NS_PER_US)
                .measured("p99 µs", times.getValueAtPercentile(99) / NS_PER_US)
                .measured("p99.9 µs", times.getValueAtPercentile(99.9) / NS_PER_US);
    }

    /// @param times in ns
    Row ms(Histogram times) {
        return measured("p50 ms", times.getValueAtPercentile(50) / NS_PER_MS)
                .measured("p99 ms", times.getValueAtPercentile(99) / NS_PER_MS)
                .measured("worst ms", times.getMaxValue() / NS_PER_MS);
    }
}
