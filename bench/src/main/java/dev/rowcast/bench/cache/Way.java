package dev.rowcast.bench.cache;

import java.sql.SQLException;

/// One way to read a room. Methods block; safe for use by several threads.
interface Way extends AutoCloseable {

    /// What came.
    record Answer(long version, From from) {}

    /// Where an answer came from.
    enum From {
        PROCESS,
        REDIS,
        DATABASE
    }

    /// @param room from 0
    /// @throws SQLException when the database was needed and did not answer
    Answer read(int room) throws SQLException;

    @Override
    void close();
}
