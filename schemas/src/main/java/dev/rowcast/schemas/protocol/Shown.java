package dev.rowcast.schemas.protocol;

/// Values from outside as an error message may show them: short, on one line, visible.
final class Shown {
    private static final int MAX_CHARS = 40;

    private Shown() {}

    static String shortened(String value) {
        StringBuilder out = new StringBuilder("'");
        int end = Math.min(value.length(), MAX_CHARS);
        for (int i = 0; i < end; i++) {
            char c = value.charAt(i);
            out.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
        }
        return out.append(end < value.length() ? "…'" : "'").toString();
    }
}
