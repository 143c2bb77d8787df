package dev.rowcast.standalone.stack;

import java.time.Duration;

/// Hears how the start goes; called from several threads.
public interface StackListener {

    /// Tells nobody.
    StackListener SILENT = new StackListener() {
        @Override
        public void ready(String what, String where, Duration took) {}

        @Override
        public void snapshot(String table, long rows, int percent) {}
    };

    /// A part or service is up.
    ///
    /// @param what such as "Postgres"
    /// @param where its address, or what it did
    void ready(String what, String where, Duration took);

    /// The first snapshot goes on.
    ///
    /// @param table being read, empty before the first row
    /// @param rows read so far, over all tables
    /// @param percent 0 to 99, roughly
    void snapshot(String table, long rows, int percent);
}
