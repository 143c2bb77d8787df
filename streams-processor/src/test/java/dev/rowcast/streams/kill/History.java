package dev.rowcast.streams.kill;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.topic.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/// What ingest would write: transactions of one or several rows of several tenants, some of them taken back. Tenants
/// have the same ids and the same channels on purpose; a row's title says whose it is.
final class History implements Runnable {

    static final String CATALOG = """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant}
              room: {access: members, members: {table: public.room_members, channel: room_id, principal: user_id}}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], deliver: [id, vault_id, title]}
              public.messages: {entity: message, channels: ["room:{room_id}"], deliver: [id, room_id, title]}
            """;

    static final List<String> TENANTS = List.of("tenant-a", "tenant-b", "tenant-c", "tenant-d", "tenant-e", "tenant-f");
    static final List<String> USERS = List.of("alice", "bob");

    /// So many vaults, and so many rooms.
    static final int CHANNELS = 4;

    /// So many sources, and so many messages.
    static final int ROWS = 12;

    static final String MEMBERS = "public.room_members";

    private static final String TOPIC = Topics.CHANGES.name();
    private static final long PAUSE_NANOS = 8_000_000;
    private static final int MOST_ROWS = 8;
    private static final int TAKEN_BACK_PERCENT = 5;

    private final Random random;
    private final KafkaProducer<String, Change> producer;
    private final Map<String, Map<String, Integer>> channelOfRow = new HashMap<>();
    private long lsn = 1_000;
    private volatile boolean ended;

    History(long seed, String kafka, Serializer<Change> changes) {
        this.random = new Random(seed);
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        UUID.randomUUID().toString()),
                new StringSerializer(),
                changes);
        producer.initTransactions();
    }

    /// Writes until [#end] is called.
    @Override
    public void run() {
        while (!ended) {
            transaction();
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        producer.close();
    }

    void end() {
        ended = true;
    }

    private void transaction() {
        boolean takenBack = random.nextInt(100) < TAKEN_BACK_PERCENT;
        Map<String, Map<String, Integer>> before = copy();
        int rows = 1 + random.nextInt(MOST_ROWS);
        String tenant = TENANTS.get(random.nextInt(TENANTS.size()));
        long first = lsn;
        producer.beginTransaction();
        for (int index = 0; index < rows; index++) {
            // What fails is told by the commit.
            Future<?> unused =
                    producer.send(new ProducerRecord<>(TOPIC, tenant, change(tenant, first, index, index == rows - 1)));
        }
        if (takenBack) {
            producer.abortTransaction();
            channelOfRow.clear();
            channelOfRow.putAll(before);
        } else {
            producer.commitTransaction();
        }
    }

    private Map<String, Map<String, Integer>> copy() {
        Map<String, Map<String, Integer>> copy = new HashMap<>();
        channelOfRow.forEach((tenant, rows) -> copy.put(tenant, new HashMap<>(rows)));
        return copy;
    }

    private Change change(String tenant, long firstLsn, int index, boolean last) {
        Transaction tx = new Transaction(firstLsn & 0xffffffffL, firstLsn, firstLsn + 100, 0L, index, last);
        Map<String, Integer> rows = channelOfRow.computeIfAbsent(tenant, unseen -> new HashMap<>());
        int dice = random.nextInt(100);
        if (dice < 10) {
            return membership(rows, tx);
        }
        return dice < 60
                ? row(rows, "public.sources", "vault_id", tenant, tx)
                : row(rows, "public.messages", "room_id", tenant, tx);
    }

    /// Somebody is let in, or out.
    private Change membership(Map<String, Integer> rows, Transaction tx) {
        String user = USERS.get(random.nextInt(USERS.size()));
        int room = random.nextInt(CHANNELS);
        String key = room + "," + user;
        Map<String, String> image = Map.of("room_id", "" + room, "user_id", '"' + user + '"');
        boolean member = rows.remove(MEMBERS + key) != null;
        if (!member) {
            rows.put(MEMBERS + key, room);
        }
        return change(
                MEMBERS,
                member ? Operation.DELETE : Operation.CREATE,
                key,
                member ? image : null,
                member ? null : image,
                tx);
    }

    /// A row comes, goes, moves to another channel, or is changed in its own.
    private Change row(Map<String, Integer> rows, String table, String column, String tenant, Transaction tx) {
        int id = random.nextInt(ROWS);
        Optional<Integer> before = Optional.ofNullable(rows.get(table + id));
        Optional<Integer> after = before.isPresent() && random.nextInt(4) == 0
                ? Optional.empty()
                : Optional.of(before.isPresent() && random.nextInt(3) > 0 ? before.get() : random.nextInt(CHANNELS));
        after.ifPresentOrElse(channel -> rows.put(table + id, channel), () -> rows.remove(table + id));
        return change(
                table,
                before.isEmpty() ? Operation.CREATE : after.isEmpty() ? Operation.DELETE : Operation.UPDATE,
                "" + id,
                image(tenant, id, column, before),
                image(tenant, id, column, after),
                tx);
    }

    private Change change(
            String table,
            Operation op,
            String key,
            @Nullable Map<String, String> before,
            @Nullable Map<String, String> after,
            Transaction tx) {
        return new Change(1L, "app", 0L, null, new RowChange(table, op, key, before, after, List.of(), lsn++, tx));
    }

    private static @Nullable Map<String, String> image(
            String tenant, int id, String column, Optional<Integer> channel) {
        return channel.map(each -> Map.of("id", "" + id, column, "" + each, "title", '"' + tenant + '"'))
                .orElse(null);
    }
}
