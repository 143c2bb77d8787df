package dev.rowcast.ingest;

import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.ingest.publish.TopicSetup;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogException;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.position.Lsn;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;

/// A database of a test's own with Rowcast's set-up in it, a source of its own, and the shared Kafka and
/// registry.
final class World implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    /// Over it the coordinator ends a transaction whose publisher is silent.
    private static final Duration LONGEST_TRANSACTION = Duration.ofSeconds(12);

    static final String NOTES_SQL = """
            create table notes (id bigint primary key, site_id text not null, body text);
            create table tags (id bigint, site_id text not null, name text, primary key (id, site_id));
            alter table notes replica identity full;
            alter table tags replica identity full;
            """;

    static final String NOTES_CATALOG = """
            tenancy: {column: site_id}
            channels:
              site: {access: tenant}
            events:
              note.said: {channels: [site]}
            tables:
              public.notes: {entity: note, channels: ["site:{site_id}"], deliver: [id, body]}
              public.tags: {entity: tag, channels: ["site:{site_id}"], deliver: [name]}
            """;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final boolean shared;
    final String source;
    final EmbeddedParts parts;
    final Postgres.Database database;
    private Connection sql;
    final ChangesReader changes;
    /// Those of the latest start: a gauge of a closed ingest would shadow its successor's.
    MeterRegistry meters = new SimpleMeterRegistry();
    final Catalog catalog;

    /// Where the server's log stood before this world's rows.
    final long beganAt;

    private World(EmbeddedParts parts, Postgres server, boolean shared, String catalogBody) throws SQLException {
        this.parts = parts;
        this.shared = shared;
        this.source = "t" + NUMBER.incrementAndGet() + Long.toHexString(System.nanoTime() & 0xffffff);
        this.catalog = catalog(source, catalogBody);
        this.database = server.freshDatabase();
        this.sql = database.connect();
        this.beganAt = Lsn.parse(query("select pg_current_wal_lsn()")).value();
        this.changes = new ChangesReader(parts, source);
    }

    /// @param tablesSql makes the application's tables
    /// @param tables to publish, separated by commas
    /// @param catalogBody everything of the catalog after `source`
    static World of(EmbeddedParts parts, String tablesSql, String tables, String catalogBody) throws SQLException {
        return of(parts, parts.postgres(), true, tablesSql, tables, catalogBody);
    }

    private static World of(
            EmbeddedParts parts, Postgres server, boolean shared, String tablesSql, String tables, String catalogBody)
            throws SQLException {
        World world = new World(parts, server, shared, catalogBody);
        world.execute(file("../infra/postgres/setup.sql"));
        world.execute(tablesSql);
        world.execute("create publication rowcast_%s for table %s, rowcast.api_keys, rowcast.heartbeat"
                .formatted(world.source, tables));
        return world;
    }

    /// Two tables with tenants, as most tests need.
    static World ofNotes(EmbeddedParts parts) throws SQLException {
        return of(parts, NOTES_SQL, "notes, tags", NOTES_CATALOG);
    }

    /// The same, in a database server other than the shared one.
    static World ofNotes(EmbeddedParts parts, Postgres server) throws SQLException {
        return of(parts, server, false, NOTES_SQL, "notes, tags", NOTES_CATALOG);
    }

    static Catalog catalog(String source, String body) {
        try {
            return Catalog.parse("rowcast.yaml", "source: %s%n%s".formatted(source, body));
        } catch (CatalogException e) {
            throw new IllegalArgumentException(e);
        }
    }

    DatabaseUrl url() {
        return new DatabaseUrl(
                database.host(), database.port(), database.name(), database.user(), database.password(), "");
    }

    IngestConfig config() {
        return config(url(), catalog);
    }

    /// By another way to the database, or with another catalog.
    IngestConfig config(DatabaseUrl way, Catalog present) {
        return IngestConfig.of(
                        way, parts.kafka().bootstrapServers(), parts.registry().url(), present)
                .withHeartbeatEvery(Duration.ofMillis(200));
    }

    /// Makes the topics before ingest does.
    void makeTopics() {
        new TopicSetup(new KafkaSettings(parts.kafka().bootstrapServers(), config().largestRecordBytes()))
                .ensure(TopicSetup.topics(catalog), (short) -1);
    }

    Ingest start() {
        return start(config());
    }

    Ingest start(IngestConfig config) {
        meters = new SimpleMeterRegistry();
        return Ingest.start(config, meters, IngestListener.SILENT);
    }

    Ingest startReady() {
        return startReady(config());
    }

    Ingest startReady(IngestConfig config) {
        Ingest ingest = start(config);
        try {
            await().atMost(PATIENCE).until(ingest::ready);
            return ingest;
        } catch (ConditionTimeoutException e) {
            ingest.close(); // else it goes on beside all tests that follow
            throw e;
        }
    }

    /// After the server was away; what an earlier session had open is gone.
    void reconnect() {
        reconnect(database);
    }

    /// After another server took its place.
    void reconnect(Postgres.Database present) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            sql.close();
            sql = present.connect();
            return true;
        });
    }

    /// Until the first snapshot is done and nobody reads any more. Who takes over from an instance that died before
    /// that begins anew, and what was written meanwhile comes as rows of the next snapshot.
    void runOnce() {
        startReady().close();
        await().atMost(PATIENCE).until(() -> !isRead());
    }

    /// Whether somebody reads from the slot now.
    boolean isRead() {
        return query("select active from pg_replication_slots where slot_name = 'rowcast_%s'".formatted(source))
                .equals("t");
    }

    void execute(String statements) {
        try (Statement statement = sql.createStatement()) {
            statement.execute(statements);
        } catch (SQLException e) {
            throw new IllegalStateException(statements, e);
        }
    }

    String query(String select) {
        try (Statement statement = sql.createStatement();
                ResultSet row = statement.executeQuery(select)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        } catch (SQLException e) {
            throw new IllegalStateException(select, e);
        }
    }

    /// Where the server's log stands.
    Lsn position() {
        return Lsn.parse(query("select pg_current_wal_lsn()"));
    }

    /// Ids of the tenant's notes, rising, separated by commas.
    String notesOf(String tenant) {
        return query("select string_agg(id::text, ',' order by id) from notes where site_id = '%s'".formatted(tenant));
    }

    static String file(String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Drops the slot, so that the shared server keeps no log for it, and ends what its source left open in Kafka. A
    /// server of a test's own may be gone.
    @Override
    public void close() throws SQLException {
        changes.close();
        if (shared) {
            await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                        + " where slot_name = 'rowcast_%s'".formatted(source));
                return true;
            });
        }
        sql.close();
        OpenTransactions.end(parts.kafka(), LONGEST_TRANSACTION);
    }
}
