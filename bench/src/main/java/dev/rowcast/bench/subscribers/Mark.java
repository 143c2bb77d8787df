package dev.rowcast.bench.subscribers;

import io.netty.buffer.ByteBuf;
import java.util.Locale;

/// What a message carries so that its receivers can check it: its channel, its number there, and when it was due. In a
/// message's text it has fixed digits between two `#`, a character that is nowhere else in it.
public final class Mark {

    /// Bytes of a mark in a text.
    public static final int SIZE = 1 + 4 + 1 + 8 + 1 + 12 + 1;

    private static final byte HASH = '#';
    private static final int NUMBER_AT = 6;
    private static final int DUE_AT = 15;
    private static final long ORIGIN = System.nanoTime();

    private Mark() {}

    /// Microseconds since this process began to measure.
    public static long nowUs() {
        return toUs(System.nanoTime());
    }

    /// @param ns of [System#nanoTime]
    public static long toUs(long ns) {
        return (ns - ORIGIN) / 1000;
    }

    /// @param size of the text in bytes; at least [#SIZE]
    public static String text(int channel, long number, long dueUs, int size) {
        String mark = String.format(Locale.ROOT, "#%04d:%08d:%012d#", channel, number, dueUs);
        return mark + "x".repeat(size - SIZE);
    }

    /// Who is told what a mark says.
    interface Reader {
        void marked(int channel, long number, long dueUs);
    }

    /// Looks for a mark in the bytes.
    ///
    /// @return false when there is none
    static boolean read(ByteBuf bytes, int from, int to, Reader reader) {
        int at = bytes.indexOf(from, to, HASH);
        if (at < 0 || at + SIZE > to || bytes.getByte(at + SIZE - 1) != HASH) {
            return false;
        }
        reader.marked(
                (int) digits(bytes, at + 1, at + NUMBER_AT - 1),
                digits(bytes, at + NUMBER_AT, at + DUE_AT - 1),
                digits(bytes, at + DUE_AT, at + SIZE - 1));
        return true;
    }

    private static long digits(ByteBuf bytes, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            value = value * 10 + bytes.getByte(i) - '0';
        }
        return value;
    }
}
