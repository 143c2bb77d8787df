package dev.rowcast.ingest;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;

/// Asks for backfills as an operator does, and waits for what becomes of them.
final class Backfills {

    static final Duration PATIENCE = Duration.ofSeconds(150);

    private final World world;

    Backfills(World world) {
        this.world = world;
    }

    /// @param table goes into the row as it is
    /// @return the id
    String request(String table) {
        return world.query("insert into rowcast.backfills (source, table_name) values ('%s', '%s') returning id"
                .formatted(world.source, table.replace("'", "''")));
    }

    String state(String id) {
        return world.query("select state from rowcast.backfills where id = " + id);
    }

    long rows(String id) {
        return Long.parseLong(world.query("select rows from rowcast.backfills where id = " + id));
    }

    String reason(String id) {
        return world.query("select reason from rowcast.backfills where id = " + id);
    }

    /// Waits for its end.
    ///
    /// @return the state it ended in
    String awaitEnd(String id) {
        await().atMost(PATIENCE).until(() -> !List.of("requested", "running").contains(state(id)));
        return state(id);
    }
}
