package dev.rowcast.bench.capture;

/// Some rows of one shape, captured once.
///
/// @param block which start of the capturing process it was, from 1
/// @param rows how many were committed
/// @param arrived how many of them a reader of committed records got in time
/// @param seconds from the first write (sustained) or from the moment capture went on (catch-up) to the last row
/// @param usage processor time in that time
/// @param load how many threads wanted to run, over the last minute, at its end
/// @param restarts how often capture began anew meanwhile
record Trial(
        Side side,
        int block,
        Shape shape,
        Mode mode,
        long rows,
        long arrived,
        double seconds,
        Usage usage,
        double load,
        int restarts) {

    double rowsPerSecond() {
        return arrived / seconds;
    }

    boolean whole() {
        return arrived == rows;
    }
}
