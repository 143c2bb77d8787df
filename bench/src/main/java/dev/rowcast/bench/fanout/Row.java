package dev.rowcast.bench.fanout;

import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// One trial of a cell: what was done, and what came of it, by titles in order.
record Row(Cell cell, SequencedMap<String, Object> what, SequencedMap<String, Double> measured) {

    /// How busy the clients' core was.
    static final String DRIVER = "driver %";

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

    Row measured(Meter.Usage usage) {
        return measured(DRIVER, usage.driverShare() * 100).measured("others %", usage.othersShare() * 100);
    }
}
