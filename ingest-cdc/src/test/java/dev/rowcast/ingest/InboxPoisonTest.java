package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.inbox.Refusal.Code;
import dev.rowcast.schemas.registry.WireFormat;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.RequestHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/// Records of the inbox that nobody can take: each is set aside as it was, and the next one follows.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class InboxPoisonTest {

    private static final byte[] DEMO = "demo".getBytes(StandardCharsets.UTF_8);
    private static final int DEMOS = Partitions.of("demo", 8);

    private record Poison(int partition, byte @Nullable [] key, byte @Nullable [] value, Code code) {}

    @Test
    @DisplayName("S-4: every kind of poison is set aside with its bytes and the reason, and the next event follows")
    void everyKindOfPoisonIsSetAside(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                InboxWriter inbox = new InboxWriter(parts)) {
            // Given
            Map<RecordMetadata, Poison> sent = new LinkedHashMap<>();
            List<String> good = new ArrayList<>();
            int number = 0;

            // When
            for (Poison poison : poisons(inbox)) {
                sent.put(
                        inbox.raw(
                                poison.partition(),
                                poison.key(),
                                poison.value(),
                                List.of(new RecordHeader("mine", new byte[] {7}))),
                        poison);
                good.add("good-%s-%d".formatted(world.source, number++));
                inbox.publish("demo", good.getLast());
            }

            // Then
            world.changes.until(records -> world.changes.eventsOf("demo").size() >= good.size());
            assertThat(world.changes.eventsOf("demo")).isEqualTo(good);
            sent.forEach((place, poison) -> {
                List<ConsumerRecord<byte[], byte[]>> letters =
                        DeadLetterReader.ofInbox(parts, place.partition(), place.offset());
                assertThat(letters).as("%s", poison).singleElement().satisfies(letter -> {
                    assertThat(DeadLetterReader.header(letter, "rowcast-error"))
                            .isEqualTo(poison.code().name());
                    assertThat(DeadLetterReader.header(letter, "rowcast-reason"))
                            .isNotBlank();
                    assertThat(letter.key()).isEqualTo(poison.key());
                    assertThat(letter.value()).isEqualTo(poison.value());
                    assertThat(letter.headers().lastHeader("mine").value()).containsExactly(7);
                });
            });
            assertThat(world.meters
                            .get("rowcast.ingest.inbox.events")
                            .tag("outcome", "dead letter")
                            .counter()
                            .count())
                    .isEqualTo(sent.size());
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("P8: a poison record that is too large for a dead letter leaves where it was and why")
    void aPoisonThatIsTooLargeLeavesItsPlace(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                InboxWriter inbox = new InboxWriter(parts)) {
            // When: the topic takes it, and with our headers a dead letter would be larger than we write
            RecordMetadata place = inbox.raw(DEMOS, DEMO, new byte[1_000_000], List.of(RequestHeader.of("order-42")));
            inbox.publish("demo", "after-" + world.source);

            // Then
            world.changes.until(records -> world.changes.eventsOf("demo").contains("after-" + world.source));
            assertThat(DeadLetterReader.ofInbox(parts, place.partition(), place.offset()))
                    .singleElement()
                    .satisfies(letter -> {
                        assertThat(letter.value()).isNull();
                        assertThat(RequestHeader.in(letter.headers())).hasValue("order-42");
                        assertThat(DeadLetterReader.header(letter, "rowcast-error"))
                                .isEqualTo("UNREADABLE");
                    });
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("SI-28: what is told of an event that is set aside names the request that published it")
    void whatIsToldOfAnEventNamesItsRequest(EmbeddedParts parts) throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("dev.rowcast.ingest.inbox");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady();
                InboxWriter inbox = new InboxWriter(parts)) {
            logger.addAppender(lines);

            // When
            List<Header> headers = List.of(RequestHeader.of("order-43"));
            RecordMetadata place = inbox.raw(DEMOS, DEMO, "no Avro".getBytes(StandardCharsets.UTF_8), headers);
            String good = "after-" + world.source;
            inbox.raw(DEMOS, DEMO, inbox.bytes(InboxWriter.event(good)), headers);

            // Then
            world.changes.until(records -> world.changes.eventsOf("demo").contains(good));
            assertThat(lines.list)
                    .filteredOn(line -> line.getMessage().equals("Event set aside"))
                    .anySatisfy(line -> assertThat(line.getKeyValuePairs())
                            .contains(
                                    new KeyValuePair("requestId", "order-43"),
                                    new KeyValuePair("offset", place.offset())));
            assertThat(world.changes.eventRecords().getLast().headers())
                    .anySatisfy(header -> assertThat(header).isEqualTo(headers.getFirst()));
            assertThat(ingest.ready()).isTrue();
        } finally {
            logger.detachAppender(lines);
        }
    }

    private static List<Poison> poisons(InboxWriter inbox) throws IOException {
        byte[] good = inbox.bytes(InboxWriter.event("poison"));
        byte[] unknownSchema = good.clone();
        System.arraycopy(WireFormat.header(999_999), 0, unknownSchema, 0, WireFormat.HEADER_BYTES);
        int wrong = (DEMOS + 1) % 8;
        return List.of(
                new Poison(DEMOS, null, good, Code.NO_TENANT),
                new Poison(DEMOS, new byte[0], good, Code.NO_TENANT),
                new Poison(DEMOS, new byte[] {(byte) 0xc3, 0x28}, good, Code.NO_TENANT),
                new Poison(DEMOS, "a\nb".getBytes(StandardCharsets.UTF_8), good, Code.NO_TENANT),
                new Poison(DEMOS, "x".repeat(129).getBytes(StandardCharsets.UTF_8), good, Code.NO_TENANT),
                new Poison(wrong, DEMO, good, Code.WRONG_PARTITION),
                new Poison(DEMOS, DEMO, null, Code.UNREADABLE),
                new Poison(DEMOS, DEMO, new byte[0], Code.UNREADABLE),
                new Poison(DEMOS, DEMO, "no Avro".getBytes(StandardCharsets.UTF_8), Code.UNREADABLE),
                new Poison(DEMOS, DEMO, Arrays.copyOf(good, 12), Code.UNREADABLE),
                new Poison(DEMOS, DEMO, unknownSchema, Code.UNREADABLE),
                new Poison(DEMOS, DEMO, unknownSchema, Code.UNREADABLE),
                new Poison(DEMOS, DEMO, manyChannels(good), Code.UNREADABLE),
                new Poison(
                        DEMOS, DEMO, inbox.bytes(changed().setType("note.read").build()), Code.UNKNOWN_EVENT),
                new Poison(
                        DEMOS,
                        DEMO,
                        inbox.bytes(changed().setChannels(List.of("room:1")).build()),
                        Code.BAD_CHANNEL),
                new Poison(DEMOS, DEMO, inbox.bytes(changed().setMetadata("[]").build()), Code.BAD_EVENT));
    }

    private static PublishedEvent.Builder changed() {
        return PublishedEvent.newBuilder(InboxWriter.event("poison"));
    }

    /// Claims to hold a thousand million channels.
    private static byte[] manyChannels(byte[] good) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(good, 0, WireFormat.HEADER_BYTES);
        BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
        encoder.writeString("poison");
        encoder.writeString("note.said");
        encoder.writeArrayStart();
        encoder.setItemCount(1_000_000_000);
        encoder.flush();
        return bytes.toByteArray();
    }
}
