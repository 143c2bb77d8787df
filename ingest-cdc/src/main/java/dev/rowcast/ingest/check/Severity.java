package dev.rowcast.ingest.check;

import java.util.Locale;

/// How much a [Finding] matters.
public enum Severity {
    /// It is as it must be.
    OK,
    /// It works, but not well, or not for ever.
    WARNING,
    /// It does not work until somebody mends it.
    ERROR;

    /// Its stable name: `ok`, `warning` or `error`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
