package dev.rowcast.streams.log;

import java.util.List;

/// What one reading brought.
///
/// @param records in order
/// @param next where to read on; everything committed before it was seen
public record LogChunk(List<LogRecord> records, long next) {

    public LogChunk {
        records = List.copyOf(records);
    }
}
