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
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], deliver: [id, vault_id, title]}
            """;

    static final List<String> TENANTS = List.of("tenant-a", "tenant-b", "tenant-c", "tenant-d", "tenant-e", "tenant-f");
    static final int VAULTS = 4;
    static final int SOURCES = 12;

    private static final String TOPIC = Topics.CHANGES.name();
    private static final long PAUSE_NANOS = 8_000_000;
    private static final int MOST_ROWS = 8;
    private static final int TAKEN_BACK_PERCENT = 5;

    private final Random random;
    private final KafkaProducer<String, Change> producer;
    private final Map<String, Map<Integer, Integer>> vaultOfSource = new HashMap<>();
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
        Map<String, Map<Integer, Integer>> before = copy();
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
            vaultOfSource.clear();
            vaultOfSource.putAll(before);
        } else {
            producer.commitTransaction();
        }
    }

    private Map<String, Map<Integer, Integer>> copy() {
        Map<String, Map<Integer, Integer>> copy = new HashMap<>();
        vaultOfSource.forEach((tenant, sources) -> copy.put(tenant, new HashMap<>(sources)));
        return copy;
    }

    private Change change(String tenant, long firstLsn, int index, boolean last) {
        Map<Integer, Integer> sources = vaultOfSource.computeIfAbsent(tenant, unseen -> new HashMap<>());
        int id = random.nextInt(SOURCES);
        Optional<Integer> before = Optional.ofNullable(sources.get(id));
        Optional<Integer> after = before.isPresent() && random.nextInt(4) == 0
                ? Optional.empty()
                : Optional.of(before.isPresent() && random.nextInt(3) > 0 ? before.get() : random.nextInt(VAULTS));
        after.ifPresentOrElse(vault -> sources.put(id, vault), () -> sources.remove(id));
        Operation op = before.isEmpty() ? Operation.CREATE : after.isEmpty() ? Operation.DELETE : Operation.UPDATE;
        return new Change(
                1L,
                "app",
                0L,
                null,
                new RowChange(
                        "public.sources",
                        op,
                        "" + id,
                        image(tenant, id, before),
                        image(tenant, id, after),
                        List.of(),
                        lsn++,
                        new Transaction(firstLsn & 0xffffffffL, firstLsn, firstLsn + 100, 0L, index, last)));
    }

    private static @Nullable Map<String, String> image(String tenant, int id, Optional<Integer> vault) {
        return vault.map(each -> Map.of("id", "" + id, "vault_id", "" + each, "title", '"' + tenant + '"'))
                .orElse(null);
    }
}
