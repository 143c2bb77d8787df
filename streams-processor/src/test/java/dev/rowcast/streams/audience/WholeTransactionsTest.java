package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.EPOCH;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.change;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.entity;
import static dev.rowcast.streams.audience.Samples.fromTheBeginning;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.watermark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.Progress;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A subscriber gets a transaction whole, and only its end has a cursor.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class WholeTransactionsTest {

    private static final String SOURCES = "public.sources";

    private final TopicSerdes serdes;
    private RunningTopology topology;

    WholeTransactionsTest(Registry registry) {
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

    @Test
    @DisplayName("P9: the changes of a transaction leave as one delivery, with one cursor")
    void aTransactionIsOneDelivery() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));

        topology.change("demo", part("1", 1, 10, false));
        topology.change("demo", part("2", 1, 10, false));
        assertThat(topology.deliveries()).isEmpty();
        topology.change("demo", part("3", 1, 10, true));

        assertThat(topology.deliveries()).singleElement().satisfies(delivery -> {
            assertThat(delivery.getOffset()).isEqualTo(2);
            Frames frames = (Frames) delivery.getBody();
            assertThat(cursor(frames.getCursor())).isEqualTo(Cursor.at(new Epoch(EPOCH), 0, 2));
            assertThat(frames.getFrames())
                    .extracting(Frame::getEntity)
                    .containsExactly("source:1", "source:2", "source:3");
        });
    }

    @Test
    void whoIsConcernedByATransactionsFirstChangeOnlyGetsTheCursorOfItsEnd() {
        subscribed("n1", fromTheBeginning(), ALICE, entity("source:1"));
        subscribed("n2", fromTheBeginning(), ALICE, channel("vault:2"));

        topology.change("demo", part("1", 1, 10, false));
        topology.change("demo", part("2", 2, 10, true));

        assertThat(topology.deliveries()).hasSize(2).allSatisfy(delivery -> {
            assertThat(delivery.getOffset()).isEqualTo(1);
            assertThat(cursor(((Frames) delivery.getBody()).getCursor())).isEqualTo(Cursor.at(new Epoch(EPOCH), 0, 1));
        });
    }

    @Test
    void aTransactionEndsAlsoWithAChangeThatIsNotTold() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));

        topology.change("demo", part("1", 1, 10, false));
        topology.change("demo", change(inTransaction("public.unknown", "9", Map.of(), 10, true)));

        assertThat(topology.deliveries()).extracting(Delivery::getOffset).containsExactly(1L);
    }

    @Test
    void aTransactionOfTwoTenantsReachesANodeWholeInBoth() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));
        topology.command("other", subscribe("n1", 2, ALICE, fromTheBeginning(), channel("vault:1")));
        topology.bodies();

        topology.change("demo", part("1", 1, 10, false));
        topology.change("other", change(inTransaction(SOURCES, "1", source(1, 1, "theirs"), 10, false)));
        topology.change("demo", part("2", 1, 10, true));

        // The node drops frames at or before its position, so only the last record may say that it has everything.
        assertThat(topology.deliveries())
                .extracting(Delivery::getTenant, Delivery::getOffset)
                .containsExactly(tuple("other", -1L), tuple("demo", 2L));
    }

    @Test
    void whatComesBetweenTheChangesOfATransactionKeepsItsPlace() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"), channel("site:demo"));

        topology.change("demo", part("1", 1, 10, false));
        topology.change(
                "demo",
                change(new PublishedEvent(
                        "id", "content.updated", List.of("site:demo"), "posts", null, "5", "{}", Samples.COMMIT_US)));
        topology.change(null, watermark(500));
        topology.change("demo", part("2", 1, 10, true));

        List<Delivery> deliveries = topology.deliveries();
        assertThat(deliveries).extracting(Delivery::getOffset).containsExactly(-1L, 3L);
        assertThat(deliveries.getFirst().getBody()).isInstanceOf(Progress.class);
        assertThat(((Frames) deliveries.getLast().getBody()).getFrames())
                .extracting(Frame::getOffset)
                .containsExactly(0L, 1L, 3L);
    }

    @Test
    void aLargeTransactionLeavesInPartsOfWhichTheLastHasTheCursor() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));

        for (int i = 0; i < 2_500; i++) {
            topology.change("demo", part("" + i, 1, 10, i == 2_499));
        }

        List<Delivery> deliveries = topology.deliveries();
        assertThat(deliveries.stream().map(each -> ((Frames) each.getBody()).getCursor()))
                .filteredOn(Objects::nonNull)
                .hasSize(1);
        assertThat(((Frames) deliveries.getLast().getBody()).getCursor()).isNotNull();
        assertThat(deliveries.stream()
                        .flatMap(each -> ((Frames) each.getBody()).getFrames().stream())
                        .map(Frame::getOffset))
                .containsExactlyElementsOf(
                        IntStream.range(0, 2_500).mapToObj(i -> (long) i).toList());
    }

    @Test
    void aReplayThatHasCaughtUpHasTheCursorOfWhatEverybodyHas() {
        topology.command("demo", attach("n1", 0));
        topology.change("demo", part("1", 1, 10, false));
        topology.change("demo", part("2", 2, 10, true));
        topology.bodies();

        topology.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));

        assertThat(topology.bodies().getFirst())
                .isInstanceOfSatisfying(
                        Frames.class,
                        replayed ->
                                assertThat(cursor(replayed.getCursor())).isEqualTo(Cursor.at(new Epoch(EPOCH), 0, 1)));
    }

    @Test
    void nobodyCanResumeBetweenATransactionsChangesAndTheTruncateThatEndsIt() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));

        topology.change("demo", part("1", 1, 10, false));
        topology.change(
                "demo",
                change(new RowChange(
                        SOURCES,
                        Operation.TRUNCATE,
                        "",
                        null,
                        null,
                        List.of(),
                        100L,
                        new Transaction(10L, 10L, 200L, Samples.COMMIT_US, 1, true))));

        List<Delivery> deliveries = topology.deliveries();
        assertThat(deliveries).extracting(Delivery::getOffset).containsExactly(0L, 1L);
        assertThat(deliveries.getFirst().getBody())
                .isInstanceOfSatisfying(
                        Frames.class, frames -> assertThat(frames.getCursor()).isNull());
        assertThat(deliveries.getLast().getBody()).isInstanceOf(Reset.class);
    }

    @Test
    void whoSubscribesInTheMiddleOfATransactionGetsAllOfIt() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:9"));
        topology.change("demo", part("1", 1, 10, false));

        topology.command("demo", subscribe("n1", 2, ALICE, fromTheBeginning(), channel("vault:1")));
        topology.change("demo", part("2", 1, 10, true));

        List<Delivery> deliveries = topology.deliveries();
        assertThat(deliveries).extracting(Delivery::getOffset).containsExactly(-1L, 1L);
        assertThat(deliveries.getFirst().getBody()).isInstanceOf(Subscribed.class);
        assertThat(((Frames) deliveries.getLast().getBody()).getFrames()).hasSize(2);
    }

    @Test
    void aTransactionWhoseEndWasLostIsOverWhenTheNextBegins() {
        subscribed("n1", fromTheBeginning(), ALICE, channel("vault:1"));

        topology.change("demo", part("1", 1, 10, false));
        topology.change("demo", part("2", 1, 20, true));

        assertThat(topology.frames())
                .hasSize(2)
                .allSatisfy(frames -> assertThat(frames.getCursor()).isNotNull());
    }

    private static Change part(String id, int vault, long firstLsn, boolean last) {
        return change(inTransaction(SOURCES, id, source(Integer.parseInt(id), vault, "t"), firstLsn, last));
    }

    private static RowChange inTransaction(
            String table, String key, Map<String, String> after, long firstLsn, boolean last) {
        return new RowChange(
                table,
                Operation.CREATE,
                key,
                null,
                after,
                List.of(),
                100L,
                new Transaction(firstLsn, firstLsn, 200L, Samples.COMMIT_US, 0, last));
    }

    private void subscribed(String node, Start start, Principal principal, Target... targets) {
        topology.command("demo", attach(node, 0));
        topology.command("demo", subscribe(node, 1, principal, start, targets));
        topology.bodies();
    }

    private static Cursor cursor(String text) {
        return Samples.CURSORS.decode(new TenantId("demo"), text).orElseThrow();
    }
}
