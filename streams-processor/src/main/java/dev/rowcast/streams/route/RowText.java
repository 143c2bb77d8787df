package dev.rowcast.streams.route;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/// Columns of a row image as plain text. Changes carry them as JSON text.
public final class RowText {

    private RowText() {}

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
