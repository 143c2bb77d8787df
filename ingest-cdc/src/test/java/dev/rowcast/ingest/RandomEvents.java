package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;

/// Publishes events for random tenants, and knows which ones each tenant's log has to hold, in order.
final class RandomEvents {

    private static final List<String> TENANTS = List.of("demo", "other", "third", "fourth");

    private final InboxWriter inbox;
    private final long seed;
    private final Random random;
    private final String run = Long.toHexString(System.nanoTime());
    private final Map<String, List<String>> expected = new HashMap<>();
    private int next;

    RandomEvents(InboxWriter inbox, long seed) {
        this.inbox = inbox;
        this.seed = seed;
        this.random = new Random(seed);
    }

    /// Returns when all are in the inbox; one producer's records keep their order.
    void publish(int count) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String tenant = TENANTS.get(random.nextInt(TENANTS.size()));
            String id = run + "-" + next++;
            expected.computeIfAbsent(tenant, unseen -> new ArrayList<>()).add(id);
            sent.add(inbox.send(tenant, InboxWriter.event(id)));
        }
        sent.forEach(InboxWriter::await);
    }

    /// What the log holds must be what was published, nothing missing, nothing twice, in order.
    void assertAllIn(World world) {
        int all = expected.values().stream().mapToInt(List::size).sum();
        world.changes.until(records -> world.changes.eventRecords().size() >= all);
        // What came twice would come right behind.
        inbox.publish("demo", "end-" + run);
        world.changes.until(records -> world.changes.eventsOf("demo").contains("end-" + run));
        expected.forEach((tenant, ids) -> assertThat(
                        world.changes.eventsOf(tenant).stream().filter(id -> id.startsWith(run)))
                .as("seed %d, %s", seed, tenant)
                .containsExactlyElementsOf(ids));
    }
}
