package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.inbox.Inbox;
import dev.rowcast.schemas.inbox.InboxLag;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.WireFormat;
import dev.rowcast.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What happens to events when a neighbour is away or the topic is not what it was.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class InboxFaultsTest {

    @Test
    @DisplayName("S-4: an event whose schema cannot be asked for waits, and rows go on meanwhile")
    void anEventWaitsForARegistryThatIsAway(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                InboxWriter inbox = new InboxWriter(parts)) {
            // Given: rows and events went through before, so that all schemas but one are known
            world.execute("insert into notes values (1, 'demo', 'a')");
            inbox.publish("demo", "before-" + world.source);
            world.changes.until(records -> world.changes.eventsOf("demo").size() == 1
                    && world.changes.keysOf("demo").equals("1"));
            byte[] newer = newerEvent(parts, "newer-" + world.source);
            await().atMost(World.PATIENCE).until(() -> gauge(world.meters, "lag") == 0);

            // When
            parts.registry().stop();
            try {
                inbox.raw(null, "demo".getBytes(StandardCharsets.UTF_8), newer, List.of());
                inbox.publish("demo", "behind-" + world.source);
                world.execute("insert into notes values (2, 'demo', 'b')");
                world.changes.until(records -> world.changes.keysOf("demo").equals("1,2"));
                await().atMost(World.PATIENCE).until(() -> gauge(world.meters, "lag") == 2);
                await().atMost(World.PATIENCE).until(() -> gauge(world.meters, "age") > 1);
                assertThat(world.changes.eventsOf("demo")).containsExactly("before-" + world.source);
                assertThat(ingest.state()).isEqualTo(new IngestState.Streaming());
            } finally {
                parts.registry().start();
            }

            // Then
            world.changes.until(records -> world.changes.eventsOf("demo").size() == 3);
            assertThat(world.changes.eventsOf("demo"))
                    .containsExactly("before-" + world.source, "newer-" + world.source, "behind-" + world.source);
            await().atMost(World.PATIENCE).until(() -> gauge(world.meters, "lag") == 0);
            await().atMost(World.PATIENCE).until(() -> gauge(world.meters, "age") == 0);
        }
    }

    @Test
    @DisplayName("SI-08: how many events wait is known without ingest, and by its metric")
    void howManyWaitIsKnown(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                InboxWriter inbox = new InboxWriter(parts);
                Admin admin = admin(parts)) {
            // Given
            MeterRegistry meters = new SimpleMeterRegistry();
            world.startReady().close();
            await().atMost(World.PATIENCE).until(() -> reading(admin).waiting() == 0);

            // When
            for (int i = 0; i < 7; i++) {
                inbox.publish(i % 2 == 0 ? "demo" : "other", "w%d-%s".formatted(i, world.source));
            }

            // Then
            await().atMost(World.PATIENCE).until(() -> reading(admin).waiting() == 7);
            try (Ingest ingest = Ingest.start(world.config(), meters, IngestListener.SILENT)) {
                assertThat(gauge(meters, "lag"))
                        .satisfiesAnyOf(
                                lag -> assertThat(lag).isNaN(),
                                lag -> assertThat(lag).isBetween(0.0, 7.0));
                await().atMost(World.PATIENCE).until(() -> reading(admin).waiting() == 0);
                await().atMost(World.PATIENCE).until(() -> gauge(meters, "lag") == 0);
                await().atMost(World.PATIENCE).until(ingest::ready);
            }
            await("nobody reads").atMost(World.PATIENCE).untilAsserted(() -> {
                assertThat(gauge(meters, "lag")).isNaN();
                assertThat(gauge(meters, "age")).isNaN();
            });
        }
    }

    @Test
    @DisplayName("K-2: events that expired before they were ordered are told, and the next ones follow")
    void expiredEventsAreTold(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                InboxWriter inbox = new InboxWriter(parts);
                Admin admin = admin(parts)) {
            // Given
            try (Ingest ingest = world.startReady()) {
                inbox.publish("demo", "kept-" + world.source);
                world.changes.until(records -> world.changes.eventsOf("demo").size() == 1);
                assertThat(ingest.ready()).isTrue();
            }
            RecordMetadata expired = inbox.publish("demo", "expired-" + world.source);
            inbox.publish("demo", "next-" + world.source);

            // When
            TopicPartition partition = new TopicPartition(Topics.INBOX.name(), expired.partition());
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(expired.offset() + 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);

            // Then
            try (Ingest ingest = world.startReady()) {
                world.changes.until(records -> world.changes.eventsOf("demo").contains("next-" + world.source));
                assertThat(world.changes.eventsOf("demo"))
                        .containsExactly("kept-" + world.source, "next-" + world.source);
                assertThat(DeadLetterReader.ofInbox(parts, expired.partition(), expired.offset()))
                        .singleElement()
                        .satisfies(letter -> {
                            assertThat(DeadLetterReader.header(letter, "rowcast-error"))
                                    .isEqualTo("INBOX_EXPIRED");
                            assertThat(DeadLetterReader.header(letter, "rowcast-reason"))
                                    .contains("offset %d, went on at %d"
                                            .formatted(expired.offset(), expired.offset() + 1));
                        });
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("K-3: a topic that is deleted under a running ingest is made again, and its first events are read")
    void aTopicThatIsMadeAgainIsReadFromItsBeginning(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                InboxWriter inbox = new InboxWriter(parts);
                Admin admin = admin(parts)) {
            // Given
            inbox.publish("demo", "old-" + world.source);
            world.changes.until(records -> world.changes.eventsOf("demo").contains("old-" + world.source));
            String before = reading(admin).topicId();

            // When
            admin.deleteTopics(List.of(Topics.INBOX.name())).all().get(30, TimeUnit.SECONDS);
            await().atMost(World.PATIENCE)
                    .ignoreExceptions()
                    .until(() -> !reading(admin).topicId().equals(before));
            inbox.publish("demo", "new-" + world.source);

            // Then
            world.changes.until(records -> world.changes.eventsOf("demo").contains("new-" + world.source));
            assertThat(world.changes.eventsOf("demo")).containsExactly("old-" + world.source, "new-" + world.source);
            assertThat(reading(admin).partitions()).isEqualTo(Topics.CHANGES.partitions());
            await().atMost(World.PATIENCE).until(ingest::ready);
        }
    }

    @Test
    @DisplayName("K-2: without any position the oldest event is the first one")
    void withoutAPositionTheOldestEventIsTheFirst(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                InboxWriter inbox = new InboxWriter(parts);
                Admin admin = admin(parts)) {
            // Given
            try (Ingest ingest = world.startReady()) {
                inbox.publish("demo", "first-" + world.source);
                world.changes.until(records -> world.changes.eventsOf("demo").size() == 1);
                assertThat(ingest.ready()).isTrue();
            }

            // When
            admin.deleteConsumerGroups(List.of(Inbox.GROUP)).all().get(30, TimeUnit.SECONDS);
            long all = reading(admin).waiting();

            // Then: it waits again, is appended again, and takes its place before what comes now
            assertThat(all).isPositive();
            try (Ingest ingest = world.startReady()) {
                inbox.publish("demo", "second-" + world.source);
                world.changes.until(records -> world.changes.eventsOf("demo").contains("second-" + world.source));
                assertThat(world.changes.eventsOf("demo"))
                        .filteredOn(id -> id.endsWith(world.source))
                        .containsExactly("first-" + world.source, "first-" + world.source, "second-" + world.source);
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    /// As a gateway of a later release could write it.
    private static byte[] newerEvent(EmbeddedParts parts, String id) throws IOException {
        PublishedEvent event = InboxWriter.event(id);
        String json = PublishedEvent.getClassSchema().toString();
        Schema newer = new Schema.Parser()
                .parse(json.substring(0, json.lastIndexOf(']'))
                        + ",{\"name\":\"%s\",\"type\":\"string\",\"default\":\"\"}]}"
                                .formatted("n" + System.nanoTime()));
        GenericRecordBuilder builder = new GenericRecordBuilder(newer);
        event.getSchema().getFields().forEach(field -> builder.set(field.name(), event.get(field.pos())));
        GenericRecord value = builder.build();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        RegistryClient registry = new RegistryClient(parts.registry().url());
        bytes.writeBytes(WireFormat.header(registry.register("rowcast.inbox-value", newer)));
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        new GenericDatumWriter<GenericRecord>(newer).write(value, encoder);
        encoder.flush();
        return bytes.toByteArray();
    }

    private static InboxLag.Reading reading(Admin admin) throws Exception {
        return new InboxLag(admin).measure().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static double gauge(MeterRegistry meters, String name) {
        return meters.get("rowcast.ingest.inbox." + name).gauge().value();
    }

    private static Admin admin(EmbeddedParts parts) {
        return Admin.create(Map.of("bootstrap.servers", parts.kafka().bootstrapServers()));
    }
}
