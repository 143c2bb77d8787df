package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.ANYBODY;
import static dev.rowcast.streams.audience.Samples.EPOCH;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.change;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.command;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.detach;
import static dev.rowcast.streams.audience.Samples.entity;
import static dev.rowcast.streams.audience.Samples.fromTheBeginning;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.unsubscribe;
import static dev.rowcast.streams.audience.Samples.updated;
import static dev.rowcast.streams.audience.Samples.watermark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Progress;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Lease;
import dev.rowcast.schemas.topic.RequestHeader;
import dev.rowcast.streams.deadletter.DeadLetters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

@NeedsParts({Part.KAFKA, Part.REGISTRY})
class AudienceTopologyTest {

    private static final String SOURCES = "public.sources";

    private final TopicSerdes serdes;
    private RunningTopology topology;

    AudienceTopologyTest(Registry registry) {
        serdes = new TopicSerdes(new RegistryClient(registry.url()));
    }

    @BeforeEach
    void start() {
        topology = new RunningTopology(serdes, settings -> settings);
    }

    @AfterEach
    void stop() {
        topology.close();
    }

    /// Renaming a node or a store strands state in topics that nobody reads any more. When this fails, either
    /// take the change back, or commit the new description and say in the changelog that the application must
    /// be reset.
    @Test
    void topologyIsNotChangedUnintentionally() throws IOException {
        String described = AudienceTopology.build(Samples.CATALOG, Samples.CURSORS, serdes, Clock.systemUTC())
                .describe()
                .toString();

        try (var committed = AudienceTopologyTest.class.getResourceAsStream("/topology.txt")) {
            assertThat(described).isEqualTo(new String(committed.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void aNodeThatAttachesIsToldThePosition() {
        topology.command("demo", attach("n1", 3));
        topology.change("demo", inserted(SOURCES, "1", 100, source(1, 42, "a")));
        topology.command("demo", attach("n1", 3));

        assertThat(topology.deliveries())
                .extracting(Delivery::getNode, Delivery::getEpoch, Delivery::getOffset, Delivery::getBody)
                .containsExactly(tuple("n1", 0L, -1L, new Attached(false)), tuple("n1", EPOCH, 0L, new Attached(true)));
    }

    @Test
    void aSubscriberOfAChannelIsToldOfItsRows() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:42"));

        topology.change("demo", inserted(SOURCES, "77", 100, source(77, 42, "Hello")));

        List<Delivery> deliveries = topology.deliveries();
        assertThat(deliveries).singleElement().satisfies(delivery -> {
            assertThat(delivery.getNode()).isEqualTo("n1");
            assertThat(delivery.getTenant()).isEqualTo("demo");
            assertThat(delivery.getEpoch()).isEqualTo(EPOCH);
            assertThat(delivery.getOffset()).isEqualTo(0);
        });
        Frames frames = (Frames) deliveries.getFirst().getBody();
        assertThat(frames.getRequest()).isNull();
        assertThat(cursor(frames.getCursor())).isEqualTo(Cursor.at(new Epoch(EPOCH), 0, 0));
        assertThat(frames.getFrames()).singleElement().satisfies(frame -> {
            assertThat(frame.getChannels()).containsExactly("vault:42");
            assertThat(frame.getEntity()).isEqualTo("source:77");
            assertThat(frame.getPrincipals()).isEmpty();
            assertThat(frame.getOffset()).isEqualTo(0);
            assertThat(frame.getLsn()).isEqualTo(100);
            assertThat(frame.getXid()).isEqualTo(7);
        });
    }

    @Test
    void framesAreRenderedAsTheProtocolSays() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:42"));

        topology.change("demo", inserted(SOURCES, "77", 100, source(77, 42, "Hello")));
        topology.change("demo", updated(SOURCES, "77", 200, source(77, 42, "Hello"), source(77, 42, "Hi")));
        topology.change("demo", deleted(SOURCES, "77", 300, source(77, 42, "Hi")));

        List<Frame> frames = topology.frames().stream()
                .flatMap(each -> each.getFrames().stream())
                .toList();
        String tx = "\"tx\":\"000000000000abcd-0000000000000010\",\"xid\":7";
        String timestamp = "\"timestamp\":\"2026-01-01T00:00:00.000Z\"";
        assertThat(frames)
                .extracting(Frame::getKeys)
                .containsExactly(
                        """
                        {"type":"INVALIDATE","payload":{"entityCode":"source","changes":[{"entityId":"77","action":"CREATE","version":100}],%s},%s}""".formatted(timestamp, tx), """
                        {"type":"INVALIDATE","payload":{"entityCode":"source","changes":[{"entityId":"77","action":"UPDATE","version":200}],%s},%s}""".formatted(timestamp, tx), """
                        {"type":"INVALIDATE","payload":{"entityCode":"source","changes":[{"entityId":"77","action":"DELETE","version":300}],%s},%s}""".formatted(timestamp, tx));
        assertThat(frames)
                .extracting(Frame::getRows)
                .containsExactly(
                        """
                        {"type":"CHANGE","payload":{"table":"public.sources","eventType":"INSERT","entityCode":"source","entityId":"77","version":100,"lsn":"0/64","new":{"id":77,"vault_id":42,"title":"Hello"},"old":null,%s},%s}""".formatted(timestamp, tx), """
                        {"type":"CHANGE","payload":{"table":"public.sources","eventType":"UPDATE","entityCode":"source","entityId":"77","version":200,"lsn":"0/C8","new":{"id":77,"vault_id":42,"title":"Hi"},"old":{"id":77,"vault_id":42,"title":"Hello"},%s},%s}""".formatted(timestamp, tx), """
                        {"type":"CHANGE","payload":{"table":"public.sources","eventType":"DELETE","entityCode":"source","entityId":"77","version":300,"lsn":"0/12C","new":null,"old":{"id":77,"vault_id":42,"title":"Hi"},%s},%s}""".formatted(timestamp, tx));
    }

    @Test
    void aTableWithoutDeliveredColumnsIsToldByKeysOnly() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("board:1"));

        topology.change("demo", inserted("public.notes", "5", 100, Map.of("board_id", "1", "vault_id", "null")));

        assertThat(topology.frames().getFirst().getFrames()).singleElement().satisfies(frame -> {
            assertThat(frame.getRows()).isNull();
            assertThat(frame.getKeys()).contains("\"entityCode\":\"note\"");
        });
    }

    @Test
    void aRowThatMovesIsDeletedWhereItWasAndCreatedWhereItIs() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));
        subscribed("n2", fromTheBeginning(), ALICE, channel("vault:2"));

        topology.change("demo", updated(SOURCES, "77", 100, source(77, 1, "old"), source(77, 2, "new")));

        List<Delivery> deliveries = topology.deliveries();
        Frame left = frame(deliveries, "n1");
        assertThat(left.getChannels()).containsExactly("vault:1");
        assertThat(left.getKeys()).contains("\"action\":\"DELETE\"");
        assertThat(left.getRows()).contains("\"eventType\":\"DELETE\"", "\"new\":null");
        Frame entered = frame(deliveries, "n2");
        assertThat(entered.getChannels()).containsExactly("vault:2");
        assertThat(entered.getKeys()).contains("\"action\":\"CREATE\"");
        assertThat(entered.getRows()).contains("\"eventType\":\"INSERT\"", "\"old\":null");
    }

    @Test
    void aRowInSeveralChannelsMakesFramesWithDisjointChannels() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("board:1"), channel("board:2"), channel("vault:9"));

        topology.change(
                "demo",
                updated(
                        "public.notes",
                        "5",
                        100,
                        Map.of("board_id", "1", "vault_id", "9"),
                        Map.of("board_id", "2", "vault_id", "9")));

        assertThat(topology.frames())
                .singleElement()
                .satisfies(frames -> assertThat(frames.getFrames())
                        .extracting(Frame::getChannels)
                        .containsExactly(List.of("board:1"), List.of("board:2"), List.of("vault:9")));
    }

    @Test
    void anEntityIsToldToThoseWhomItsChannelsAdmit() {
        subscribed("n1", fromTheBeginning(), ALICE, entity("note:5"));
        subscribed("n1", fromTheBeginning(), ANYBODY, entity("note:5"));

        topology.change("demo", inserted("public.notes", "5", 100, Map.of("vault_id", "9")));
        topology.change("demo", inserted("public.notes", "5", 200, Map.of("vault_id", "9", "board_id", "1")));

        assertThat(topology.frames())
                .extracting(frames -> frames.getFrames().getFirst().getPrincipals())
                .containsExactly(List.of(ALICE), List.of(ALICE, ANYBODY));
    }

    @Test
    @DisplayName("P7: a user, a key and an anonymous principal of one id are three")
    void principalsOfOneIdAreNotTakenForEachOther() {
        Principal key = new Principal("alice", PrincipalKind.KEY);
        Principal anonymous = new Principal("alice", PrincipalKind.ANONYMOUS);
        subscribed("n1", fromTheBeginning(), ALICE, entity("note:5"));
        subscribed("n1", fromTheBeginning(), key, entity("note:5"));
        subscribed("n1", fromTheBeginning(), anonymous, entity("note:5"));

        topology.change("demo", inserted("public.notes", "5", 100, Map.of("vault_id", "9")));
        topology.command("demo", unsubscribe("n1", key, entity("note:5")));
        topology.change("demo", inserted("public.notes", "5", 200, Map.of("vault_id", "9")));

        assertThat(topology.frames())
                .extracting(frames -> frames.getFrames().getFirst().getPrincipals())
                .containsExactly(List.of(ALICE, key), List.of(ALICE));
    }

    @Test
    void aHotEntityIsToldInSeveralRecordsThatAllPassKafka() {
        topology.command("demo", attach("n1", 0));
        List<Principal> hot = IntStream.range(0, 20_000)
                .mapToObj(i -> new Principal("user-%032d".formatted(i), PrincipalKind.USER))
                .toList();
        hot.forEach(
                each -> topology.command("demo", subscribe("n1", 1, each, fromTheBeginning(), entity("source:77"))));
        topology.passTime(Duration.ofMillis(10));
        topology.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:42")));
        topology.bodies();

        topology.change("demo", inserted(SOURCES, "77", 100, source(77, 42, "x".repeat(100_000))));

        List<byte[]> records = topology.rawDeliveries();
        assertThat(records)
                .hasSizeGreaterThan(2)
                .allSatisfy(bytes -> assertThat(bytes.length).isLessThanOrEqualTo(Parts.DELIVERY_BYTES));
        List<Delivery> deliveries = records.stream().map(topology::delivery).toList();
        assertThat(deliveries.subList(0, deliveries.size() - 1)).allSatisfy(part -> {
            assertThat(part.getOffset()).isEqualTo(-1);
            assertThat(((Frames) part.getBody()).getCursor()).isNull();
        });
        assertThat(deliveries.getLast().getOffset()).isEqualTo(0);
        assertThat(((Frames) deliveries.getLast().getBody()).getCursor()).isNotNull();
        List<Frame> frames = deliveries.stream()
                .flatMap(each -> ((Frames) each.getBody()).getFrames().stream())
                .toList();
        assertThat(frames).extracting(Frame::getOffset).containsOnly(0L);
        assertThat(frames.stream().flatMap(frame -> frame.getChannels().stream()))
                .containsExactly("vault:42");
        assertThat(frames.stream()
                        .flatMap(frame -> frame.getPrincipals().stream())
                        .toList())
                .isEqualTo(hot);
    }

    @Test
    void anEntityOfAChannelWithMembersIsToldToNobody() {
        subscribed("n1", fromTheBeginning(), ALICE, entity("message:1"));

        topology.change("demo", inserted("public.messages", "1", 100, Map.of("room_id", "3")));

        assertThat(topology.deliveries()).isEmpty();
    }

    @Test
    void whatIsForbiddenLooksLikeWhatIsAbsent() {
        topology.command("demo", attach("n1", 0));
        topology.bodies();

        topology.command(
                "demo",
                subscribe(
                        "n1",
                        1,
                        ANYBODY,
                        fromTheBeginning(),
                        channel("vault:1"),
                        channel("room:1"),
                        channel("nothing:1"),
                        channel("board:"),
                        channel("board:1"),
                        entity("nothing:1"),
                        entity("note:1")));

        Subscribed answer = (Subscribed) topology.bodies().getFirst();
        assertThat(answer.getAccepted()).containsExactly(channel("board:1"), entity("note:1"));
        assertThat(answer.getRejected())
                .containsExactly(
                        channel("vault:1"),
                        channel("room:1"),
                        channel("nothing:1"),
                        channel("board:"),
                        entity("nothing:1"));
    }

    @Test
    void aTenantIsNotToldOfAnothersChanges() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:42"), entity("source:77"));

        topology.change("other", inserted(SOURCES, "77", 100, source(77, 42, "theirs")));

        assertThat(topology.deliveries()).isEmpty();
    }

    @Test
    void whoUnsubscribesIsNotTold() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:42"));

        topology.command("demo", unsubscribe("n1", ALICE, channel("vault:42")));
        topology.change("demo", inserted(SOURCES, "77", 100, source(77, 42, "Hello")));

        assertThat(topology.deliveries()).isEmpty();
    }

    @Test
    void aNodeThatDetachesIsNotTold() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:42"));

        topology.command("demo", detach("n1"));
        topology.command("demo", attach("n1", 0));
        topology.bodies();
        topology.change("demo", inserted(SOURCES, "77", 100, source(77, 42, "Hello")));

        assertThat(topology.deliveries()).isEmpty();
    }

    @Test
    void aNodeWhoseLeaseEndsLosesItsSubscriptions() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:42"));
        subscribed("n2", fromTheBeginning(), ALICE, channel("vault:42"));

        topology.passTime(Duration.ofMillis(Samples.LEASE_MS - 1_000));
        topology.command("demo", attach("n2", 0));
        topology.passTime(Duration.ofMillis(2_000));
        topology.bodies();
        topology.change("demo", inserted(SOURCES, "77", 100, source(77, 42, "Hello")));

        assertThat(topology.deliveries()).extracting(Delivery::getNode).containsExactly("n2");
    }

    @Test
    void tenSecondsAfterItsLastSignOfLifeNothingOfANodeIsLeft() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        topology.close();
        topology = new RunningTopology(serdes, settings -> settings.withMeters(meters));
        for (int phase = 0; phase < 10; phase++) {
            topology.passTime(Duration.ofMillis(70));
            String node = "n" + phase;
            topology.command("demo", command(node, 0, new Attach(Lease.ASKED.toMillis())));
            topology.command("demo", subscribe(node, 1, ALICE, fromTheBeginning(), channel("vault:42")));
            long passedMs = 0;
            while (passedMs < Lease.ASKED.toMillis() - 50) {
                topology.passTime(Duration.ofMillis(50));
                passedMs += 50;
                topology.bodies();
                topology.change("demo", inserted(SOURCES, "77", 100, source(77, 42, "Hello")));
                assertThat(topology.deliveries()).as("after %d ms", passedMs).isNotEmpty();
            }
            for (; passedMs < Lease.GONE_WITHIN.toMillis(); passedMs += 50) {
                topology.passTime(Duration.ofMillis(50));
            }

            assertThat(meters.get("rowcast.streams.nodes").gauge().value()).isZero();
            assertThat(meters.get("rowcast.streams.subscriptions").gauge().value())
                    .isZero();
        }
    }

    @Test
    void whatAPartitionHoldsIsMeasuredAndLeavesNothingBehind() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        topology.close();
        topology = new RunningTopology(serdes, settings -> settings.withMeters(meters));
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:42"), entity("source:77"));
        topology.change("demo", inserted(SOURCES, "77", 100, source(77, 42, "Hello")));
        topology.passTime(Duration.ofSeconds(1));

        assertThat(meters.get("rowcast.streams.nodes").gauge().value()).isEqualTo(1);
        assertThat(meters.get("rowcast.streams.subscriptions").gauge().value()).isEqualTo(2);
        assertThat(meters.get("rowcast.streams.journal.changes").gauge().value())
                .isEqualTo(1);
        assertThat(meters.get("rowcast.streams.replays").gauge().value()).isZero();

        topology.passTime(Duration.ofMillis(Samples.LEASE_MS));
        topology.passTime(Duration.ofSeconds(2));

        assertThat(meters.get("rowcast.streams.nodes").gauge().value()).isZero();
        assertThat(meters.get("rowcast.streams.subscriptions").gauge().value()).isZero();
        topology.close();
        assertThat(meters.find("rowcast.streams.nodes").gauges()).isEmpty();
        topology = new RunningTopology(serdes, settings -> settings);
    }

    @Test
    void aNodeIsToldWhetherItsLeaseWasAlive() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:42"));

        topology.command("demo", attach("n1", 1));
        topology.passTime(Duration.ofMillis(Samples.LEASE_MS + 1_000));
        topology.command("demo", attach("n1", 1));
        topology.change("demo", inserted(SOURCES, "77", 100, source(77, 42, "Hello")));

        assertThat(topology.bodies()).containsExactly(new Attached(true), new Attached(false));
    }

    @Test
    void whoResumesGetsWhatItMissedAndThenItsAnswer() {
        topology.command("demo", attach("n1", 0));
        for (int i = 0; i < 5; i++) {
            topology.change("demo", inserted(SOURCES, "" + i, 100 + i, source(i, i % 2, "t" + i)));
        }
        topology.bodies();

        topology.command("demo", subscribe("n1", 9, ALICE, after(0), channel("vault:0")));

        List<Object> bodies = topology.bodies();
        assertThat(bodies).hasSize(2);
        Frames replayed = (Frames) bodies.getFirst();
        assertThat(replayed.getRequest()).isEqualTo(9L);
        assertThat(cursor(replayed.getCursor())).isEqualTo(Cursor.at(new Epoch(EPOCH), 0, 4));
        assertThat(replayed.getFrames()).extracting(Frame::getEntity).containsExactly("source:2", "source:4");
        assertThat(replayed.getFrames()).extracting(Frame::getOffset).containsExactly(2L, 4L);
        Subscribed answer = (Subscribed) bodies.getLast();
        assertThat(answer.getRequest()).isEqualTo(9);
        assertThat(cursor(answer.getCursor())).isEqualTo(Cursor.at(new Epoch(EPOCH), 0, 4));
    }

    @Test
    void aLongReplayComesInPieces() {
        topology.command("demo", attach("n1", 0));
        String longTitle = "x".repeat(10_000);
        for (int i = 0; i < 100; i++) {
            topology.change("demo", inserted(SOURCES, "" + i, 100 + i, source(i, 1, longTitle)));
        }
        topology.bodies();

        topology.command("demo", subscribe("n1", 9, ALICE, fromTheBeginning(), channel("vault:1")));
        topology.passTime(Duration.ofMillis(10));

        List<Object> bodies = topology.bodies();
        List<Frames> pieces = bodies.subList(0, bodies.size() - 1).stream()
                .map(Frames.class::cast)
                .toList();
        assertThat(pieces).hasSizeBetween(4, 6);
        assertThat(pieces)
                .allSatisfy(piece -> assertThat(piece.toString().length()).isLessThan(300_000));
        assertThat(pieces.stream().mapToInt(piece -> piece.getFrames().size()).sum())
                .isEqualTo(100);
    }

    @Test
    void aStartThatTheLogNoLongerHasIsReset() {
        topology.close();
        topology = new RunningTopology(
                serdes, settings -> settings.withJournalLimits(new JournalLimits(3, 1 << 20, Duration.ofDays(1))));
        topology.command("demo", attach("n1", 0));
        for (int i = 0; i < 5; i++) {
            topology.change("demo", inserted(SOURCES, "" + i, 100 + i, source(i, 1, "t")));
        }
        topology.log().trim(2);
        topology.bodies();

        topology.command("demo", subscribe("n1", 9, ALICE, after(0), channel("vault:1")));
        topology.change("demo", inserted(SOURCES, "6", 106, source(6, 1, "t")));

        List<Object> bodies = topology.bodies();
        assertThat(bodies.get(0)).isEqualTo(new Reset(9L, ALICE, ResetReason.TRIMMED, List.of(channel("vault:1"))));
        assertThat(cursor(((Subscribed) bodies.get(1)).getCursor())).isEqualTo(Cursor.at(new Epoch(EPOCH), 0, 4));
        assertThat(((Frames) bodies.get(2)).getFrames())
                .extracting(Frame::getEntity)
                .containsExactly("source:6");
    }

    @Test
    void aStartOfAnotherEpochIsReset() {
        topology.command("demo", attach("n1", 0));
        topology.change("demo", inserted(SOURCES, "1", 100, source(1, 1, "t")));
        topology.bodies();

        topology.command("demo", subscribe("n1", 9, ALICE, new Start(EPOCH + 1, 0L), channel("vault:1")));

        assertThat(topology.bodies().getFirst())
                .isEqualTo(new Reset(9L, ALICE, ResetReason.EPOCH, List.of(channel("vault:1"))));
    }

    @Test
    void aNewEpochResetsEveryNodeBeforeAnythingElse() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));
        topology.change("demo", inserted(SOURCES, "1", 100, source(1, 1, "t")));
        topology.bodies();

        topology.change(
                "demo", change(EPOCH + 1, row(Operation.CREATE, SOURCES, "2", null, source(2, 1, "t"), 50, true)));

        List<Delivery> deliveries = topology.deliveries();
        assertThat(deliveries).extracting(Delivery::getEpoch).containsOnly(EPOCH + 1);
        assertThat(deliveries.getFirst().getBody()).isEqualTo(new Reset(null, null, ResetReason.EPOCH, List.of()));
        assertThat(deliveries.getFirst().getOffset()).isEqualTo(0);
        assertThat(deliveries.getLast().getBody()).isInstanceOf(Frames.class);
    }

    @Test
    void aWatermarkIsProgressForEveryNode() {
        topology.command("demo", attach("n1", 0));
        topology.command("other", attach("n2", 1));
        topology.bodies();

        topology.change(null, watermark(500));

        List<Delivery> deliveries = topology.deliveries();
        assertThat(deliveries).extracting(Delivery::getNode).containsExactly("n1", "n2");
        assertThat(deliveries).extracting(Delivery::getBody).containsOnly(new Progress(500L, Samples.COMMIT_US));
    }

    @Test
    void aSnapshotIsToldToNobody() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));

        topology.change("demo", change(row(Operation.SNAPSHOT, SOURCES, "1", null, source(1, 1, "t"), 100, true)));

        assertThat(topology.deliveries()).isEmpty();
    }

    @Test
    void aRowThatIsAnEventIsToldAsContent() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("site:demo"));

        topology.change(
                "demo",
                inserted(
                        "public.updates",
                        "1",
                        100,
                        Map.of(
                                "event_type", "\"content.published\"",
                                "site_id", "\"demo\"",
                                "collection", "\"posts\"",
                                "slug", "\"a\\\"b\"",
                                "item_id", "5",
                                "metadata", "{\"by\":\"x\"}")));

        assertThat(topology.frames().getFirst().getFrames()).singleElement().satisfies(frame -> {
            assertThat(frame.getKeys()).isEqualTo("""
                    {"type":"CONTENT","payload":{"event":"content.published","site_id":"demo","collection":"posts",\
                    "slug":"a\\"b","item_id":"5","timestamp":"2026-01-01T00:00:00.000Z","metadata":{"by":"x"}},\
                    "tx":"000000000000abcd-0000000000000010","xid":7}""");
            assertThat(frame.getRows()).isNull();
        });
    }

    @Test
    void anEventThatAnApplicationPublishedIsToldAsContent() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("site:demo"));

        topology.change(
                "demo",
                change(new PublishedEvent(
                        "id", "content.updated", List.of("site:demo"), "posts", null, "5", "{}", Samples.COMMIT_US)));

        Frames frames = topology.frames().getFirst();
        assertThat(frames.getCursor()).isNotNull();
        assertThat(frames.getFrames().getFirst().getKeys())
                .contains("content.updated")
                .doesNotContain("slug");
    }

    @Test
    void anEventForChannelsThatNobodyKnowsHarmsNobody() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("site:demo"));

        topology.change(
                "demo",
                change(new PublishedEvent(
                        "id-1", "of.another.release", List.of("nowhere:1"), null, null, null, "{}", 0L)));
        topology.change(
                "demo",
                change(new PublishedEvent(
                        "id-2", "content.updated", List.of("site:demo"), null, null, null, "{}", Samples.COMMIT_US)));

        assertThat(topology.deadLetters()).isEmpty();
        assertThat(topology.frames())
                .singleElement()
                .satisfies(frames ->
                        assertThat(frames.getFrames().getFirst().getKeys()).contains("content.updated"));
    }

    @Test
    void aTruncateResetsWhoWatchesTheTable() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"), channel("board:1"), entity("source:1"));

        topology.change("demo", change(row(Operation.TRUNCATE, SOURCES, "", null, null, 100, true)));
        topology.command("demo", subscribe("n1", 8, ALICE, fromTheBeginning(), channel("vault:2")));
        topology.command("demo", subscribe("n1", 9, ALICE, fromTheBeginning(), channel("board:2")));

        List<Object> bodies = topology.bodies();
        assertThat(bodies.get(0)).isInstanceOfSatisfying(Reset.class, reset -> {
            assertThat(reset.getReason()).isEqualTo(ResetReason.TRUNCATED);
            assertThat(reset.getTargets()).containsExactlyInAnyOrder(channel("vault:1"), entity("source:1"));
        });
        assertThat(bodies.get(1)).isEqualTo(new Reset(8L, ALICE, ResetReason.TRUNCATED, List.of(channel("vault:2"))));
        assertThat(bodies.get(2)).isInstanceOf(Subscribed.class);
        assertThat(bodies.get(3)).isInstanceOf(Subscribed.class);
    }

    @Test
    void changesThatAreNotToldResetWhoWatchesTheTable() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"), channel("board:1"), entity("source:1"));

        topology.change("", change(row(Operation.RESET, SOURCES, "", null, null, 100, true)));
        topology.change("demo", change(row(Operation.RESET, SOURCES, "", null, null, 101, true)));

        assertThat(topology.bodies())
                .hasSize(2)
                .allSatisfy(body -> assertThat(body).isInstanceOfSatisfying(Reset.class, reset -> {
                    assertThat(reset.getReason()).isEqualTo(ResetReason.SCHEMA);
                    assertThat(reset.getTargets()).containsExactlyInAnyOrder(channel("vault:1"), entity("source:1"));
                }));
        assertThat(topology.deadLetters()).isEmpty();
    }

    @Test
    void aTruncateOfEveryTenantsTableResetsThemAll() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));
        topology.command("other", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
        topology.bodies();

        topology.change("", change(row(Operation.TRUNCATE, SOURCES, "", null, null, 100, true)));

        assertThat(topology.deliveries())
                .allSatisfy(delivery -> assertThat(delivery.getBody())
                        .isEqualTo(new Reset(null, null, ResetReason.TRUNCATED, List.of(channel("vault:1")))))
                .extracting(Delivery::getTenant)
                .containsExactlyInAnyOrder("demo", "other");
        assertThat(topology.deadLetters()).isEmpty();
    }

    @Test
    void aPoisonRecordIsSetAsideAndItsAudienceToldToRefetch() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));
        byte[] unknownSchema =
                ByteBuffer.allocate(8).put((byte) 0).putInt(999_999).array();
        byte[] noAvro = "no Avro".getBytes(StandardCharsets.UTF_8);

        topology.rawChange("demo", noAvro);
        topology.rawChange("demo", unknownSchema);
        topology.change("demo", change(row(Operation.UNKNOWN, SOURCES, "1", null, null, 100, true)));
        topology.change("demo", inserted(SOURCES, "2", 101, source(2, 1, "t")));

        var deadLetters = topology.deadLetters();
        assertThat(deadLetters).hasSize(3);
        assertThat(deadLetters.get(0).value()).isEqualTo(noAvro);
        assertThat(deadLetters.get(1).value()).isEqualTo(unknownSchema);
        assertThat(new String(
                        deadLetters
                                .get(2)
                                .headers()
                                .lastHeader(DeadLetters.OFFSET)
                                .value(),
                        StandardCharsets.UTF_8))
                .isEqualTo("2");
        List<Object> bodies = topology.bodies();
        assertThat(bodies.subList(0, 3))
                .containsOnly(new Reset(null, null, ResetReason.SCHEMA, List.of(channel("vault:1"))));
        assertThat(bodies.get(3)).isInstanceOf(Frames.class);
    }

    @Test
    @DisplayName("SI-28: what is told of a record that is set aside names the request that it follows from")
    void whatIsToldOfAPoisonRecordNamesItsRequest() {
        Logger logger = (Logger) LoggerFactory.getLogger(AudienceProcessor.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            topology.rawChange("demo", "no Avro".getBytes(StandardCharsets.UTF_8), RequestHeader.of("order-42"));
            topology.rawChange(
                    "demo",
                    "no Avro".getBytes(StandardCharsets.UTF_8),
                    new RecordHeader(RequestHeader.NAME, new byte[] {10}));
        } finally {
            logger.detachAppender(lines);
        }

        assertThat(topology.deadLetters())
                .extracting(letter -> RequestHeader.in(letter.headers()))
                .containsExactly(Optional.of("order-42"), Optional.empty());
        assertThat(lines.list)
                .filteredOn(line -> line.getMessage().equals("Record set aside"))
                .extracting(line -> line.getKeyValuePairs().stream()
                        .filter(pair -> pair.key.equals(RequestHeader.LOGGED))
                        .toList())
                .containsExactly(List.of(new KeyValuePair("requestId", "order-42")), List.of());
    }

    @Test
    void aHomeThatIsNoPartitionIsSetAside() {
        topology.command("demo", attach("n1", 99));

        assertThat(topology.deliveries()).isEmpty();
        assertThat(topology.deadLetters()).hasSize(1);
    }

    private void subscribed(String node, Start start, Principal principal, Target... targets) {
        topology.command("demo", attach(node, 0));
        topology.command("demo", subscribe(node, 1, principal, start, targets));
        topology.bodies();
    }

    private static Frame frame(List<Delivery> deliveries, String node) {
        return deliveries.stream()
                .filter(delivery -> delivery.getNode().equals(node))
                .map(delivery -> ((Frames) delivery.getBody()).getFrames().getFirst())
                .findFirst()
                .orElseThrow();
    }

    private static Cursor cursor(String text) {
        return Samples.CURSORS.decode(new TenantId("demo"), text).orElseThrow();
    }
}
