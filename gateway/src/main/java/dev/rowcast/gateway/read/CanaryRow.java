package dev.rowcast.gateway.read;

import dev.rowcast.cache.Loaded;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.schemas.catalog.Canary;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

/// The row of [Canary] in the database.
public final class CanaryRow {

    private static final String READ = """
            select pg_current_snapshot()::text,
              coalesce((select redis_ms from rowcast.heartbeat where id = ?), 0)::text""";

    private final Database database;

    CanaryRow(Database database) {
        this.database = database;
    }

    /// How often it was written, as text; 0 when it never was. It waits for a connection.
    public Loaded load() throws SQLException {
        Row row = database.read(transaction ->
                transaction.run(READ, List.of(Integer.toString(Canary.ID))).getFirst());
        return new Loaded(
                row.more().getFirst().orElseThrow().getBytes(StandardCharsets.US_ASCII), Snapshot.parse(row.first()));
    }
}
