package dev.rowcast.bench.fanout;

import dev.rowcast.bench.subscribers.Counts;
import dev.rowcast.bench.table.Figures;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// One trial of a cell: what was done, and what came of it, by titles in order.
record Row(Cell cell, SequencedMap<String, Object> what, SequencedMap<String, Double> measured) {

    /// How busy the clients' side was, of one processor.
    static final String DRIVER = "driver %";

    static Row of(Cell cell) {
        return new Row(cell, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /// Trials of which all these are the same are told as one, with medians.
    Row with(String title, Object value) {
        what.put(title, value);
        return this;
    }

    /// Titles and rounded values, for a table of its own.
    SequencedMap<String, Object> line() {
        SequencedMap<String, Object> line = new LinkedHashMap<>(what);
        measured.forEach((title, value) -> line.put(title, Figures.rounded(value)));
        return line;
    }

    Row measured(String title, double value) {
        measured.put(title, value);
        return this;
    }

    /// Processor seconds of the server for a million deliveries.
    Row costs(Meter.Usage usage, Counts counts) {
        return measured("server s/million", usage.server() * 1e6 / counts.received());
    }

    Row delays(Counts counts) {
        return measured("p50 ms", counts.ms(50))
                .measured("p99 ms", counts.ms(99))
                .measured("worst ms", counts.ms(100));
    }

    Row complete(Counts counts) {
        return measured("lost", counts.lost()).measured("twice", counts.twice()).measured("late", counts.late());
    }

    Row shares(Meter.Usage usage) {
        return measured(DRIVER, usage.driverShare() * 100).measured("others %", usage.othersShare() * 100);
    }
}
