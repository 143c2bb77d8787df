package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.topic.Partitions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Events that applications publish, from the inbox to `rowcast.changes`.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class InboxTest {

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());

    @Test
    @DisplayName("SP-07: an event stands in its tenant's log as it was published")
    void anEventIsAppendedToItsTenantsLog(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                InboxWriter inbox = new InboxWriter(parts)) {
            // When
            PublishedEvent event = InboxWriter.event("e-1");
            String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
            inbox.raw(
                    null,
                    "demo".getBytes(StandardCharsets.UTF_8),
                    inbox.bytes(event),
                    List.of(new RecordHeader("traceparent", trace.getBytes(StandardCharsets.UTF_8))));

            // Then
            world.changes.until(records -> world.changes.eventsOf("demo").size() == 1);
            ConsumerRecord<String, Change> record = world.changes.eventRecords().getFirst();
            assertThat(record.value().getBody()).isEqualTo(event);
            assertThat(record.value().getTraceparent()).isEqualTo(trace);
            assertThat(record.value().getCapturedUs()).isPositive();
            assertThat(record.partition()).isEqualTo(Partitions.of("demo", 8));
            assertThat(record.headers().lastHeader("ce_id").value()).asString().isEqualTo("e-1");
            assertThat(record.value().getEpoch())
                    .isEqualTo(world.changes.records().getFirst().value().getEpoch());
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("P1: the events of each tenant keep their order, each once, beside rows")
    void eventsKeepTheirOrderBesideRows(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                InboxWriter inbox = new InboxWriter(parts)) {
            // Given
            RandomHistory history = new RandomHistory(world, seed);
            RandomEvents events = new RandomEvents(inbox, seed);

            // When
            for (int i = 0; i < 100; i++) {
                history.transaction();
                events.publish(new Random(seed + i).nextInt(40));
            }

            // Then
            assertThat(history.seen()).as("seed %d", seed).isEqualTo(history.expected());
            events.assertAllIn(world);
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("a first snapshot comes before the events that were published meanwhile")
    void eventsWaitForTheFirstSnapshot(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                InboxWriter inbox = new InboxWriter(parts)) {
            // Given
            world.execute("insert into notes select g, 'demo', 'x' from generate_series(1, 5000) g");
            world.makeTopics();
            inbox.publish("demo", "early-" + world.source);

            // When
            try (Ingest ingest = world.startReady()) {
                world.changes.until(records -> world.changes.eventsOf("demo").contains("early-" + world.source));

                // Then
                long lastOfSnapshot = world.changes.rowRecords().stream()
                        .filter(record -> ((RowChange) record.value().getBody()).getOp() == Operation.SNAPSHOT)
                        .mapToLong(ConsumerRecord::offset)
                        .max()
                        .orElseThrow();
                assertThat(world.changes.rowRecords()).hasSize(5000);
                assertThat(world.changes.eventRecords())
                        .filteredOn(record -> record.key().equals("demo"))
                        .allSatisfy(record -> assertThat(record.offset()).isGreaterThan(lastOfSnapshot));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("SI-11: an event that is published twice stands in the log once, also across a restart")
    void aRepetitionIsDropped(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                InboxWriter inbox = new InboxWriter(parts)) {
            // Given
            String id = "once-" + world.source;
            try (Ingest ingest = world.startReady()) {
                inbox.publish("demo", id);
                inbox.publish("demo", id);
                inbox.publish("other", id);
                inbox.publish("demo", "a-" + id);
                world.changes.until(records -> world.changes.eventsOf("demo").size() == 2
                        && world.changes.eventsOf("other").size() == 1);
                await().atMost(World.PATIENCE).until(() -> repeated(world) == 1);
                assertThat(ingest.ready()).isTrue();
            }

            // When
            try (Ingest ingest = world.startReady()) {
                inbox.publish("demo", id);
                inbox.publish("demo", "b-" + id);

                // Then
                world.changes.until(records -> world.changes.eventsOf("demo").contains("b-" + id));
                assertThat(world.changes.eventsOf("demo")).containsExactly(id, "a-" + id, "b-" + id);
                assertThat(world.changes.eventsOf("other")).containsExactly(id);
                await().atMost(World.PATIENCE).until(() -> repeated(world) == 1);
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    private static double repeated(World world) {
        return world.meters
                .get("rowcast.ingest.inbox.events")
                .tag("outcome", "repeated")
                .counter()
                .count();
    }

    @Test
    @DisplayName("P8: a flood of events does not hold back rows")
    void aFloodOfEventsDoesNotHoldBackRows(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                InboxWriter inbox = new InboxWriter(parts)) {
            // Given
            world.startReady().close();
            RandomEvents flood = new RandomEvents(inbox, seed);
            flood.publish(40_000);

            // When
            try (Ingest ingest = world.startReady()) {
                world.changes.until(records -> !world.changes.eventRecords().isEmpty());
                for (int id = 1; id <= 3; id++) {
                    world.execute("insert into notes values (%d, 'demo', 'a')".formatted(id));
                }

                // Then
                flood.assertAllIn(world);
                world.changes.untilRows(3);
                long lastEvent = world.changes.eventRecords().stream()
                        .filter(record -> record.key().equals("demo"))
                        .mapToLong(ConsumerRecord::offset)
                        .max()
                        .orElseThrow();
                assertThat(world.changes.rowRecords())
                        .allSatisfy(record -> assertThat(record.offset()).isLessThan(lastEvent));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("P1: a standby goes on exactly where the first instance ended")
    void aStandbyGoesOnWhereTheFirstInstanceEnded(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                InboxWriter inbox = new InboxWriter(parts);
                Ingest first = world.startReady();
                Ingest standby = world.start()) {
            // Given
            await().atMost(World.PATIENCE).until(() -> standby.state() instanceof IngestState.WaitingForSlot);
            RandomEvents events = new RandomEvents(inbox, seed);
            events.publish(300);

            // When
            first.close();
            events.publish(300);

            // Then
            await().atMost(World.PATIENCE).until(standby::ready);
            events.publish(300);
            events.assertAllIn(world);
        }
    }

    @Test
    @DisplayName("P1: kill -9 at random moments neither loses nor doubles nor moves an event")
    void aKilledProcessNeitherLosesNorDoublesEvents(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                InboxWriter inbox = new InboxWriter(parts)) {
            // Given
            RandomHistory history = new RandomHistory(world, seed);
            RandomEvents events = new RandomEvents(inbox, seed);
            Random random = new Random(seed);
            world.startReady().close();
            int kills = 6;

            // When
            for (int kill = 0; kill < kills; kill++) {
                await().atMost(World.PATIENCE).until(() -> !world.isRead());
                Process process = ChildProcess.start(world, 5);
                try {
                    await().atMost(ChildProcess.STARTS_WITHIN).until(world::isRead);
                    int before = world.changes.eventRecords().size();
                    events.publish(50);
                    history.transaction();
                    // From the first event on, so that the kill meets the stream of them.
                    world.changes.until(records -> world.changes.eventRecords().size() > before);
                    for (int i = random.nextInt(40); i > 0; i--) {
                        events.publish(random.nextInt(60));
                        history.transaction();
                    }
                } finally {
                    process.destroyForcibly().waitFor();
                }
            }

            // Then
            try (Ingest ingest = world.startReady()) {
                assertThat(history.seen()).as("seed %d, %d kills", seed, kills).isEqualTo(history.expected());
                events.assertAllIn(world);
                assertThat(ingest.ready()).isTrue();
            }
        }
    }
}
