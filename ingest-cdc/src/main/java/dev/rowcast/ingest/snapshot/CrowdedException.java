package dev.rowcast.ingest.snapshot;

/// While a chunk was read, too many rows of its table changed to know which of its own are still good.
final class CrowdedException extends Exception {

    private static final long serialVersionUID = 1L;

    CrowdedException() {
        super("too many rows changed while a chunk was read");
    }
}
