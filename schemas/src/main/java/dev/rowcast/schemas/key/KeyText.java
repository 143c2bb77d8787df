package dev.rowcast.schemas.key;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Primary keys of several columns as one text, and back. The columns' texts are joined by commas; a comma inside
/// of one is written `~1`, a tilde `~0`. Neither needs escaping in a URL, so the text survives being decoded once
/// too often. A key of one column is that column's text as it stands.
public final class KeyText {

    private KeyText() {}

    /// @param columns the text of each column, at least two
    public static String join(List<String> columns) {
        return columns.stream()
                .map(column -> column.replace("~", "~0").replace(",", "~1"))
                .collect(Collectors.joining(","));
    }

    /// The reverse of [#join]. Any text gives some columns; whether that is a key is for the table to say.
    public static List<String> split(String key) {
        List<String> columns = new ArrayList<>();
        for (String column : key.split(",", -1)) {
            columns.add(column.replace("~1", ",").replace("~0", "~"));
        }
        return List.copyOf(columns);
    }
}
