package dev.rowcast.bench.topology;

import dev.rowcast.bench.processor.Guarantee;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// One line of a cell's table: titles and values, in order.
record Row(Cell cell, SequencedMap<String, Object> values) {

    static Row of(Cell cell) {
        return new Row(cell, new LinkedHashMap<>());
    }

    Row with(String title, Object value) {
        values.put(title, value);
        return this;
    }

    Row with(Guarantee guarantee) {
        return with("guarantee", guarantee.title());
    }
}
