package dev.rowcast.schemas.position;

/// A WAL address of PostgreSQL.
///
/// @param value 64 bits, unsigned; in practice below 2^53, so that it is exact as a JSON number
public record Lsn(long value) implements Comparable<Lsn> {

    /// Reads PostgreSQL's own spelling, such as `0/16B3748`.
    ///
    /// @throws IllegalArgumentException when the text is no LSN
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        try {
            if (slash < 1) {
                throw new NumberFormatException("no slash");
            }
            long high = Long.parseLong(text, 0, slash, 16);
            long low = Long.parseLong(text, slash + 1, text.length(), 16);
            if ((high | low) >>> 32 != 0) {
                throw new NumberFormatException("a half is over 32 bits or negative");
            }
            return new Lsn(high << 32 | low);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("\"%s\" is no LSN; one looks like 0/16B3748".formatted(text), e);
        }
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    /// PostgreSQL's own spelling.
    @Override
    public String toString() {
        return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT)
                + "/"
                + Long.toHexString(value & 0xffff_ffffL).toUpperCase(java.util.Locale.ROOT);
    }
}
