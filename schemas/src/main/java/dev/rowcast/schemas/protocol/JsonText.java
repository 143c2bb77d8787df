package dev.rowcast.schemas.protocol;

/// JSON strings by hand. A change is rendered once for everybody who gets it, on the path of every change, and the
/// frames hold little but short strings: appending runs of plain characters beats a generator there and is simpler.
final class JsonText {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private JsonText() {}

    /// Appends `value` in quotes, escaped.
    static void append(StringBuilder out, String value) {
        out.append('"');
        int plainFrom = 0;
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c >= ' ' && c != '"' && c != '\\' && !Character.isSurrogate(c)) {
                continue;
            }
            if (isPair(value, i)) {
                i++;
                continue;
            }
            out.append(value, plainFrom, i);
            escape(out, c);
            plainFrom = i + 1;
        }
        out.append(value, plainFrom, length).append('"');
    }

    /// `json` without line breaks. Inside JSON strings they are escaped already, so these are white space.
    static String onOneLine(String json) {
        return json.indexOf('\n') < 0 && json.indexOf('\r') < 0
                ? json
                : json.replace('\n', ' ').replace('\r', ' ');
    }

    private static boolean isPair(String value, int i) {
        return i + 1 < value.length() && Character.isSurrogatePair(value.charAt(i), value.charAt(i + 1));
    }

    /// An unpaired surrogate is escaped too: UTF-8 cannot say it.
    private static void escape(StringBuilder out, char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default ->
                out.append("\\u")
                        .append(HEX[c >> 12 & 15])
                        .append(HEX[c >> 8 & 15])
                        .append(HEX[c >> 4 & 15])
                        .append(HEX[c & 15]);
        }
    }
}
