package dev.rowcast.cache.faults;

/// When which version of a row was committed. Each row has one writer.
final class History {

    private final long[][] committed;
    private final int[] last;

    /// @param versions of one row, at most
    History(int rows, int versions) {
        this.committed = new long[rows][versions + 1];
        this.last = new int[rows];
    }

    /// @param nanos after the commit was confirmed
    synchronized void committed(int row, int version, long nanos) {
        committed[row][version] = nanos;
        last[row] = version;
    }

    /// The newest version that was committed before this time: whoever asked later must not be told an older one.
    synchronized int versionAt(int row, long nanos) {
        int version = last[row];
        while (version > 0 && committed[row][version] - nanos >= 0) {
            version--;
        }
        return version;
    }
}
