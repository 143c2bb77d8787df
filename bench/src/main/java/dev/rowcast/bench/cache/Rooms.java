package dev.rowcast.bench.cache;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.rowcast.cache.Loaded;
import dev.rowcast.cache.Snapshot;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.tenant.TenantId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// The seed's rooms, in a real database: each with a version and about 1 KiB of text.
final class Rooms implements AutoCloseable {

    static final TenantId TENANT = new TenantId("bench");

    private static final int CONNECTIONS = 8;
    private static final String CATALOG = """
            source: bench
            tenancy: {column: site_id}
            channels:
              room: {access: tenant}
            tables:
              public.rooms: {entity: room, channels: ["room:{id}"], evict: ["room:{id}"]}
            """;
    private static final String SCHEMA = """
            create table rooms (
              id int primary key, site_id text not null, version bigint not null, about text not null);
            alter table rooms replica identity full;
            create publication rowcast_bench for table rooms, rowcast.api_keys, rowcast.heartbeat;
            """;
    private static final String DATA = """
            insert into rooms select id, 'bench', 0, repeat('A room. ', 128) from generate_series(0, %d) id;
            """;
    /// One statement has one snapshot, which is the one that it tells.
    private static final String READ =
            "select pg_current_snapshot()::text, version || ' ' || about from rooms where id = ?";

    private final HikariDataSource pool;
    private final LongAdder reads = new LongAdder();
    private volatile Slowness slowness = Slowness.NONE;

    /// What a read of the database takes besides, such as the network and a query that is not as simple.
    record Slowness(Duration least, Duration most) {

        static final Slowness NONE = new Slowness(Duration.ZERO, Duration.ZERO);

        long nanos() {
            return ThreadLocalRandom.current().nextLong(least.toNanos(), most.toNanos() + 1);
        }
    }

    Rooms(DatabaseUrl url) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url.jdbcUrl());
        config.setUsername(url.user());
        config.setPassword(url.password());
        config.setMaximumPoolSize(CONNECTIONS);
        this.pool = new HikariDataSource(config);
    }

    /// Writes what a stack is started with.
    static void describe(Path folder, int rooms) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("rowcast.yaml"), CATALOG);
        Files.writeString(folder.resolve("schema.sql"), SCHEMA);
        Files.writeString(folder.resolve("data.sql"), DATA.formatted(rooms - 1));
    }

    static String tag(int room) {
        return "room:" + room;
    }

    /// Of what [#load] brought.
    static long version(byte[] value) {
        long version = 0;
        for (int i = 0; value[i] != ' '; i++) {
            version = version * 10 + value[i] - '0';
        }
        return version;
    }

    void slow(Slowness value) {
        slowness = value;
    }

    /// How often the database was read.
    long reads() {
        return reads.sum();
    }

    /// Reads the database. The row is looked at somewhere within the time that it takes.
    Loaded load(int room) throws SQLException {
        reads.increment();
        long rest = slowness.nanos();
        long before = rest == 0 ? 0 : ThreadLocalRandom.current().nextLong(rest);
        rest(before);
        Loaded loaded = look(room);
        rest(rest - before);
        return loaded;
    }

    private Loaded look(int room) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setInt(1, room);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Loaded(
                        row.getString(2).getBytes(StandardCharsets.US_ASCII), Snapshot.parse(row.getString(1)));
            }
        }
    }

    /// Commits a new version.
    void write(int room) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("update rooms set version = version + 1 where id = ?")) {
            statement.setInt(1, room);
            statement.executeUpdate();
        }
    }

    private static void rest(long nanos) {
        for (long end = System.nanoTime() + nanos, left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
