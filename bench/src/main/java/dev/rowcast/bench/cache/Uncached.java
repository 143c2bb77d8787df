package dev.rowcast.bench.cache;

import java.sql.SQLException;

/// The database each time.
record Uncached(Rooms rooms) implements Way {

    @Override
    public Answer read(int room) throws SQLException {
        return new Answer(Rooms.version(rooms.load(room).value()), From.DATABASE);
    }

    @Override
    public void close() {
        // The rooms are the stand's.
    }
}
