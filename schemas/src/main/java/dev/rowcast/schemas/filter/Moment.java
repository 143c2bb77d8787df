package dev.rowcast.schemas.filter;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Pattern;

/// A date, or a date with a time, in the spelling of ISO 8601. Changes leave out what is zero at the end (`10:30`,
/// `10:30:00.5Z`), so as text times would neither be equal nor in order.
///
/// @param instant without an offset it is UTC's, a date its midnight
record Moment(Instant instant) implements Comparable<Moment> {
    private static final int SHORTEST = "2026-01-01".length();
    private static final int LONGEST = "2026-01-01T00:00:00.000000000+00:00".length();

    private static final Pattern DATE = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
    private static final Pattern TIME = Pattern.compile(
            "\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?(?:Z|[+-]\\d{2}(?::?\\d{2})?)?");

    static Optional<Moment> parse(String text) {
        boolean possible = text.length() >= SHORTEST && text.length() <= LONGEST && text.charAt(4) == '-';
        if (!possible) {
            return Optional.empty();
        }
        try {
            if (DATE.matcher(text).matches()) {
                return Optional.of(new Moment(
                        LocalDate.parse(text).atTime(LocalTime.MIDNIGHT).toInstant(ZoneOffset.UTC)));
            }
            return TIME.matcher(text).matches()
                    ? Optional.of(new Moment(instant(text.replace(' ', 'T'))))
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty(); // the shape of a time and no time, such as a 31st of February
        }
    }

    private static Instant instant(String text) {
        int sign = Math.max(text.lastIndexOf('-'), text.lastIndexOf('+'));
        int clock = text.indexOf('T');
        if (text.endsWith("Z")) {
            return OffsetDateTime.parse(text).toInstant();
        }
        if (sign > clock) {
            ZoneOffset offset = ZoneOffset.of(text.substring(sign));
            return LocalDateTime.parse(text.substring(0, sign)).toInstant(offset);
        }
        return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    }

    @Override
    public int compareTo(Moment other) {
        return instant.compareTo(other.instant);
    }
}
