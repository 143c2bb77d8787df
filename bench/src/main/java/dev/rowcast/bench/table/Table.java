package dev.rowcast.bench.table;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// Markdown, so that it can go into a page as it is.
public final class Table {

    private Table() {}

    /// @param rows titles and values, in order; all with the titles of the first; at least one
    public static String of(List<? extends SequencedMap<String, Object>> rows) {
        StringBuilder table = new StringBuilder();
        SequencedMap<String, Object> first = rows.getFirst();
        table.append("| ").append(String.join(" | ", first.sequencedKeySet())).append(" |\n|");
        first.values().forEach(value -> table.append(value instanceof Number ? "---:|" : "---|"));
        for (SequencedMap<String, Object> row : rows) {
            table.append(row.values().stream().map(Table::text).collect(Collectors.joining(" | ", "\n| ", " |")));
        }
        return table.append('\n').toString();
    }

    private static String text(Object value) {
        return switch (value) {
            case Double number -> String.format(Locale.ROOT, "%.1f", number);
            case BigDecimal number -> number.toPlainString();
            case Number number -> String.format(Locale.ROOT, "%,d", number.longValue());
            default -> value.toString();
        };
    }
}
