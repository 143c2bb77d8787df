package dev.rowcast.ingest.route;

import java.util.List;

/// The row cannot become a change; the others can.
public final class UnroutableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<RoutedChange> remaining;

    UnroutableException(String message) {
        this(message, List.of());
    }

    UnroutableException(String message, List<RoutedChange> remaining) {
        super(message);
        this.remaining = remaining;
    }

    /// What the row means all the same: a row that lost its tenant is gone for the old one.
    public List<RoutedChange> remaining() {
        return remaining;
    }
}
