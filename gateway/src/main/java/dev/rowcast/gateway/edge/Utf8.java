package dev.rowcast.gateway.edge;

/// Whether bytes are UTF-8, without making a text of them.
final class Utf8 {

    private Utf8() {}

    /// Shortest forms only, no surrogates, nothing beyond U+10FFFF, as RFC 3629 has it.
    static boolean isValid(byte[] bytes, int from) {
        int i = from;
        while (i < bytes.length) {
            int first = bytes[i++];
            if (first >= 0) {
                continue;
            }
            int more = more(first & 0xFF);
            if (more == 0 || bytes.length - i < more || !isSecond(first & 0xFF, bytes[i] & 0xFF)) {
                return false;
            }
            for (int end = i + more; i < end; i++) {
                if ((bytes[i] & 0xC0) != 0x80) {
                    return false;
                }
            }
        }
        return true;
    }

    /// How many bytes follow this one; 0 where it begins nothing.
    private static int more(int first) {
        if (first >= 0xC2 && first <= 0xDF) {
            return 1;
        }
        if (first >= 0xE0 && first <= 0xEF) {
            return 2;
        }
        return first >= 0xF0 && first <= 0xF4 ? 3 : 0;
    }

    private static boolean isSecond(int first, int second) {
        return switch (first) {
            case 0xE0 -> second >= 0xA0;
            case 0xED -> second <= 0x9F;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second <= 0x8F;
            default -> true;
        };
    }
}
