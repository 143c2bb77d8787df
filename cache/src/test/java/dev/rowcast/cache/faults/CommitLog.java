package dev.rowcast.cache.faults;

import dev.rowcast.cache.CacheKey;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What logical decoding gives, in the order of commits, divided like `rowcast.evictions`. Commits come here as soon as
/// they are in the write-ahead log, which may be before readers see them.
final class CommitLog {

    static final TenantId TENANT = new TenantId("acme");
    private static final String SLOT = "never_stale";
    private static final String READ = "select data from pg_logical_slot_get_binary_changes('" + SLOT
            + "', null, null, 'proto_version', '1', 'publication_names', 'never_stale', 'messages', 'true')";

    /// One record of a partition.
    ///
    /// @param atMs when it came, for those who go back by time
    record Entry(Optional<Stale> stale, OptionalLong watermarkMs, long atMs) {}

    private final List<List<Entry>> partitions = Stream.<List<Entry>>generate(ArrayList::new)
            .limit(Topics.EVICTIONS.partitions())
            .toList();
    private long xid;

    static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create publication never_stale");
            statement.execute("select pg_create_logical_replication_slot('" + SLOT + "', 'pgoutput')");
        }
    }

    static String tag(int row) {
        return "row:" + row;
    }

    static CacheKey key(int row) {
        return new CacheKey(TENANT, tag(row), "it");
    }

    /// Takes what has come.
    void read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(READ);
                ResultSet result = statement.executeQuery()) {
            while (result.next()) {
                take(ByteBuffer.wrap(result.getBytes(1)));
            }
        }
    }

    /// From an offset on, up to so many.
    synchronized List<Entry> from(int partition, long offset, int most) {
        List<Entry> all = partitions.get(partition);
        int begin = (int) Math.min(offset, all.size());
        return List.copyOf(all.subList(begin, Math.min(all.size(), begin + most)));
    }

    synchronized long end(int partition) {
        return partitions.get(partition).size();
    }

    /// The first that came at or after a time.
    synchronized long since(int partition, long ms) {
        List<Entry> all = partitions.get(partition);
        int at = all.size();
        while (at > 0 && all.get(at - 1).atMs() >= ms) {
            at--;
        }
        return at;
    }

    /// The begin of a transaction says its id; a message inside of it says what it evicts, or what time it is.
    private void take(ByteBuffer message) {
        switch (message.get()) {
            case 'B' -> xid = message.getInt(1 + Long.BYTES + Long.BYTES) & 0xFFFF_FFFFL;
            case 'M' -> {
                message.position(1 + 1 + Long.BYTES);
                String kind = text(message);
                byte[] content = new byte[message.getInt()];
                message.get(content);
                add(kind, new String(content, StandardCharsets.UTF_8));
            }
            default -> {
                // Rows are of no interest here, nor are ends of transactions.
            }
        }
    }

    private synchronized void add(String kind, String content) {
        long now = System.currentTimeMillis();
        if (kind.equals("beat")) {
            Entry beat = new Entry(Optional.empty(), OptionalLong.of(Long.parseLong(content)), now);
            partitions.forEach(each -> each.add(beat));
        } else {
            int row = Integer.parseInt(content);
            partitions
                    .get(key(row).partition())
                    .add(new Entry(Optional.of(new Stale.Tag(TENANT, tag(row), xid)), OptionalLong.empty(), now));
        }
    }

    private static String text(ByteBuffer message) {
        StringBuilder text = new StringBuilder();
        for (byte each = message.get(); each != 0; each = message.get()) {
            text.append((char) each);
        }
        return text.toString();
    }
}
