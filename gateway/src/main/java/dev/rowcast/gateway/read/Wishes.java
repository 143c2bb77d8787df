package dev.rowcast.gateway.read;

import dev.rowcast.cache.Freshness;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How fresh a client wants its answer. It may ask for better than the usual two seconds, never for worse.
final class Wishes {

    /// The transaction that must be in the answer, as `pg_current_xact_id()` gives it.
    static final String AFTER = "X-After";

    private static final String MAX_AGE = "max-age=";

    private Wishes() {}

    /// @param after the header `X-After`
    /// @param cacheControl the headers `Cache-Control`
    /// @throws BadRequestException when a transaction or an age is no number
    static Freshness of(Optional<String> after, List<String> cacheControl) {
        Duration within = Freshness.DEFAULT.maxStale();
        for (String directive : cacheControl.stream()
                .flatMap(header -> Arrays.stream(header.toLowerCase(Locale.ROOT).split(",")))
                .map(String::strip)
                .toList()) {
            if (directive.equals("no-cache") || directive.equals("no-store")) {
                within = Duration.ZERO;
            } else if (directive.startsWith(MAX_AGE)) {
                within = shorter(within, seconds(directive.substring(MAX_AGE.length())));
            }
        }
        Freshness freshness = Freshness.within(within);
        return after.map(text -> freshness.after(transaction(text))).orElse(freshness);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    private static Duration seconds(String text) {
        if (!text.matches("[0-9]{1,9}")) {
            throw Parameters.bad("Cache-Control: max-age", text, "must be whole seconds");
        }
        return Duration.ofSeconds(Integer.parseInt(text));
    }

    private static long transaction(String text) {
        if (!text.matches("[0-9]{1,20}")) {
            throw Parameters.bad(AFTER, text, "must be a transaction's number, as pg_current_xact_id() gives it");
        }
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw Parameters.bad(AFTER, text, "must have 64 bits at most");
        }
    }
}
