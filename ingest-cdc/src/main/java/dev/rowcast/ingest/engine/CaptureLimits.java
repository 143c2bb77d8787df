package dev.rowcast.ingest.engine;

/// How much of one database transaction waits for its commit before it leaves in parts.
///
/// @param transactionRows at least 1
/// @param transactionBytes at least 1
public record CaptureLimits(int transactionRows, long transactionBytes) {

    public static final CaptureLimits DEFAULT = new CaptureLimits(10_000, 16L * 1024 * 1024);

    public CaptureLimits {
        if (transactionRows < 1 || transactionBytes < 1) {
            throw new IllegalArgumentException(
                    "limits must be positive: %d rows, %d bytes".formatted(transactionRows, transactionBytes));
        }
    }
}
