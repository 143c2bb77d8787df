package dev.rowcast.streams.rows;

import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.catalog.Template;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/// Columns of a row image as plain text. Changes carry them as JSON text.
public final class RowText {

    private RowText() {}

    /// The templates' texts for a row and its parent, without those that name a column which is absent or null.
    ///
    /// @param parent column to JSON text; empty where there is none
    public static Set<String> render(List<Template> templates, Map<String, String> row, Map<String, String> parent) {
        Set<String> texts = new LinkedHashSet<>();
        for (Template template : templates) {
            template.render(column -> of(row, column), column -> of(parent, column))
                    .ifPresent(texts::add);
        }
        return texts;
    }

    /// The row after the change, with what the log did not repeat.
    ///
    /// @param known what is known of the row before the change
    public static Map<String, String> after(RowChange change, Optional<Map<String, String>> known) {
        Map<String, String> after = change.getAfter() == null ? Map.of() : change.getAfter();
        if (change.getUnchanged().isEmpty()) {
            return after;
        }
        Map<String, String> before = change.getBefore() == null ? Map.of() : change.getBefore();
        Map<String, String> whole = new HashMap<>(after);
        for (String column : change.getUnchanged()) {
            String value = before.getOrDefault(
                    column, known.map(row -> row.get(column)).orElse(null));
            if (value != null) {
                whole.put(column, value);
            }
        }
        return whole;
    }

    /// The column's value as people write it; empty when the image lacks the column or it is null.
    public static Optional<String> of(Map<String, String> row, String column) {
        String json = row.get(column);
        if (json == null || json.equals("null")) {
            return Optional.empty();
        }
        if (!json.startsWith("\"")) {
            return Optional.of(json);
        }
        return Optional.of(
                json.indexOf('\\') < 0
                        ? json.substring(1, json.length() - 1)
                        : JsonMapper.shared().readValue(json, String.class));
    }
}
