package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.EPOCH;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.unsubscribe;
import static dev.rowcast.streams.audience.Samples.updated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Admitted;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Who narrows a channel by a filter is told what a change means to the rows that pass.
class FilteredChannelsTest {

    private static final String SOURCES = "public.sources";
    private static final Target OPEN = channel("vault:1", "title=eq.open");

    private final RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);
    private long offset;

    @BeforeEach
    void attachNode() {
        task.command("demo", attach("n1", 0));
    }

    @Test
    @DisplayName("a row that passes is told as in the channel, one that does not is not told")
    void passes() {
        subscribed(OPEN);

        assertThat(change(inserted(SOURCES, "7", 1, source(7, 1, "open"))))
                .singleElement()
                .satisfies(frame -> {
                    assertThat(frame.getChannels()).isEmpty();
                    assertThat(frame.getFiltered()).containsExactly(OPEN);
                    assertThat(frame.getEntity()).isEqualTo("source:7");
                    assertThat(frame.getKeys()).contains("CREATE");
                    assertThat(frame.getRows()).contains("\"eventType\":\"INSERT\"");
                });
        assertThat(told(updated(SOURCES, "7", 2, source(7, 1, "open"), source(7, 1, "open"))))
                .containsExactly("UPDATE");
        assertThat(told(deleted(SOURCES, "7", 3, source(7, 1, "open")))).containsExactly("DELETE");
        assertThat(told(inserted(SOURCES, "8", 4, source(8, 1, "shut")))).isEmpty();
        assertThat(told(updated(SOURCES, "8", 5, source(8, 1, "shut"), source(8, 1, "late"))))
                .isEmpty();
        assertThat(told(deleted(SOURCES, "8", 6, source(8, 1, "late")))).isEmpty();
        assertThat(told(inserted(SOURCES, "9", 7, source(9, 2, "open")))).isEmpty();
    }

    @Test
    @DisplayName("a row that begins to pass is created, one that stops is deleted without new values")
    void entersAndLeaves() {
        subscribed(OPEN);

        assertThat(change(updated(SOURCES, "7", 1, source(7, 1, "shut"), source(7, 1, "open"))))
                .singleElement()
                .satisfies(frame -> assertThat(frame.getRows())
                        .contains("\"eventType\":\"INSERT\"", "\"old\":null")
                        .doesNotContain("shut"));
        assertThat(change(updated(SOURCES, "7", 2, source(7, 1, "open"), source(7, 1, "shut"))))
                .singleElement()
                .satisfies(frame -> assertThat(frame.getRows())
                        .contains("\"eventType\":\"DELETE\"", "\"new\":null")
                        .doesNotContain("shut"));
    }

    @Test
    @DisplayName("a row that moves between channels leaves and enters with the filter")
    void moves() {
        Target other = channel("vault:2", "title=eq.open");
        subscribed(OPEN, other);

        List<Frame> moved = change(updated(SOURCES, "7", 1, source(7, 1, "open"), source(7, 2, "open")));
        assertThat(moved).extracting(Frame::getFiltered).containsExactly(List.of(OPEN), List.of(other));
        assertThat(moved).extracting(FilteredChannelsTest::action).containsExactly("DELETE", "CREATE");
        assertThat(told(updated(SOURCES, "7", 2, source(7, 2, "open"), source(7, 1, "shut"))))
                .containsExactly("DELETE");
    }

    @Test
    @DisplayName("those with a filter and those without share the frame that means the same to them")
    void shared() {
        Target shut = channel("vault:1", "title=eq.shut");
        Target some = channel("vault:1", "id=gt.5");
        subscribed(channel("vault:1"), OPEN, shut, some);

        List<Frame> frames = change(updated(SOURCES, "7", 1, source(7, 1, "open"), source(7, 1, "shut")));

        assertThat(frames).extracting(FilteredChannelsTest::action).containsExactly("DELETE", "CREATE", "UPDATE");
        assertThat(frames).extracting(Frame::getChannels).containsExactly(List.of(), List.of(), List.of("vault:1"));
        assertThat(frames).extracting(Frame::getFiltered).containsExactly(List.of(OPEN), List.of(shut), List.of(some));
    }

    @Test
    @DisplayName("a table that does not deliver the filter's columns has no row that passes")
    void otherTable() {
        subscribed(channel("vault:1", "title=not.is.null"), channel("vault:1", "or=(id.is.null,title.is.null)"));

        assertThat(told(inserted("public.notes", "5", 1, Map.of("vault_id", "1", "title", "null"))))
                .isEmpty();
    }

    @Test
    @DisplayName("an unchanged value that the log does not repeat is what it was")
    void unchanged() {
        subscribed(channel("vault:1", "id=gt.5,title=eq.open"));

        assertThat(told(unchangedTitle(source(7, 1, "open"), 7))).containsExactly("UPDATE");
        assertThat(told(unchangedTitle(source(7, 1, "shut"), 7))).isEmpty();
        assertThat(told(unchangedTitle(source(3, 1, "open"), 7))).containsExactly("CREATE");
        assertThat(told(unchangedTitle(source(7, 1, "open"), 3))).containsExactly("DELETE");
    }

    @Test
    @DisplayName("where nothing tells whether the new row passes it is told by its key alone")
    void undecidedAfter() {
        subscribed(channel("vault:1", "id=gt.5,title=eq.open"), channel("vault:1", "or=(id.gt.5,title.eq.open)"));
        Map<String, String> before = Map.of("id", "7", "vault_id", "1");

        List<Frame> frames = change(unchangedTitle(before, 7));

        assertThat(frames).extracting(FilteredChannelsTest::action).containsExactly("CREATE", "UPDATE");
        assertThat(frames.getFirst().getFiltered()).containsExactly(channel("vault:1", "id=gt.5,title=eq.open"));
        assertThat(frames.getFirst().getRows()).isNull();
        assertThat(frames.getLast().getRows()).contains("\"unchanged\":[\"title\"]");
        assertThat(change(unchangedTitle(before, 3)))
                .allSatisfy(frame -> assertThat(frame.getRows()).isNull())
                .extracting(FilteredChannelsTest::action)
                .containsExactly("DELETE", "UPDATE");
    }

    @Test
    @DisplayName("where nothing tells whether the old row passed it may be deleted or created, and is never kept back")
    void undecidedBefore() {
        subscribed(OPEN);
        Map<String, String> keyOnly = Map.of("id", "7", "vault_id", "1");

        assertThat(told(withoutOldRow(source(7, 1, "open")))).containsExactly("CREATE");
        assertThat(told(withoutOldRow(source(7, 1, "shut")))).containsExactly("DELETE");
        assertThat(told(deleted(SOURCES, "7", 3, keyOnly))).containsExactly("DELETE");
        assertThat(change(deleted(SOURCES, "7", 4, keyOnly)))
                .singleElement()
                .satisfies(frame -> assertThat(frame.getRows()).isNull());
    }

    @Test
    @DisplayName("a child that its parent takes along is told by its key, because the log does not repeat its values")
    void children() {
        Target red = channel("vault:1", "color=eq.red");
        Target there = channel("vault:2", "color=eq.red");
        subscribed(red, there);
        change(inserted(SOURCES, "7", 1, source(7, 1, "open")));
        Map<String, String> mark = Map.of("id", "5", "source_id", "7", "color", "\"red\"");
        assertThat(told(inserted("public.marks", "5", 2, mark))).containsExactly("CREATE");

        List<Frame> moved = change(updated(SOURCES, "7", 3, source(7, 1, "open"), source(7, 2, "open")));

        assertThat(moved).extracting(Frame::getEntity).containsOnly("mark:5");
        assertThat(moved).extracting(Frame::getFiltered).containsExactly(List.of(red), List.of(there));
        assertThat(moved).extracting(FilteredChannelsTest::action).containsExactly("DELETE", "CREATE");
        assertThat(moved).extracting(Frame::getRows).containsOnlyNulls();
    }

    @Test
    @DisplayName("a row of an event table is told to those whose filter it passes, a published event to none")
    void events() {
        subscribed(channel("site:demo", "collection=eq.posts"));
        Map<String, String> event =
                Map.of("event_type", "\"content.created\"", "site_id", "\"demo\"", "collection", "\"posts\"");

        assertThat(change(inserted("public.updates", "1", 1, event))).hasSize(1);
        assertThat(change(inserted(
                        "public.updates",
                        "2",
                        2,
                        Map.of("event_type", "\"e\"", "site_id", "\"demo\"", "collection", "\"pages\""))))
                .isEmpty();
    }

    @Test
    @DisplayName("a filter that is none, not canonical, or not of delivered columns is refused, as is one of an entity")
    void refused() {
        List<Target> bad = List.of(
                channel("vault:1", "title"),
                channel("vault:1", "and=(title.eq.x)"),
                channel("vault:1", "site_id=eq.demo"),
                channel("vault:1", "title=eq.x\u0000"),
                new Target(dev.rowcast.schemas.avro.TargetKind.ENTITY, "source:1", "title=eq.x"));

        assertThat(ask(bad.toArray(Target[]::new)).getRejected()).containsExactlyElementsOf(bad);
    }

    @Test
    @DisplayName("what was missed is replayed as it would have been told")
    void replayed() {
        change(inserted(SOURCES, "7", 1, source(7, 1, "open")));
        change(updated(SOURCES, "7", 2, source(7, 1, "open"), source(7, 1, "shut")));
        change(inserted(SOURCES, "8", 3, source(8, 1, "shut")));
        change(unchangedTitle(source(9, 1, "open"), 9));

        List<Frame> replayed = frames(task.command("demo", subscribe("n1", 1, ALICE, after(-1), OPEN)));

        assertThat(replayed).extracting(FilteredChannelsTest::action).containsExactly("CREATE", "DELETE", "UPDATE");
        assertThat(replayed).extracting(Frame::getFiltered).containsOnly(List.of(OPEN));
    }

    @Test
    @DisplayName("a truncated table resets it by its name")
    void reset() {
        subscribed(OPEN);

        List<Delivery> deliveries = task.change(
                "demo", offset++, Samples.change(row(Operation.TRUNCATE, SOURCES, "", null, null, 5, true)));

        assertThat(deliveries)
                .singleElement()
                .satisfies(delivery ->
                        assertThat(((Reset) delivery.getBody()).getTargets()).containsExactly(OPEN));
    }

    @Test
    @DisplayName("it ends by its name, and the channel's other subscriptions go on")
    void ends() {
        subscribed(channel("vault:1"), OPEN, channel("vault:1", "id=eq.7"));

        task.command("demo", unsubscribe("n1", ALICE, OPEN));

        assertThat(change(inserted(SOURCES, "7", 1, source(7, 1, "open"))))
                .singleElement()
                .satisfies(frame -> {
                    assertThat(frame.getChannels()).containsExactly("vault:1");
                    assertThat(frame.getFiltered()).containsExactly(channel("vault:1", "id=eq.7"));
                });
    }

    @Test
    @DisplayName("a task that starts again knows it")
    void survives() {
        subscribed(OPEN);

        task.restart();

        assertThat(told(inserted(SOURCES, "7", 1, source(7, 1, "open")))).containsExactly("CREATE");
        assertThat(told(inserted(SOURCES, "8", 1, source(8, 1, "shut")))).isEmpty();
    }

    @Test
    @DisplayName("a channel with members is open to the same with a filter, and closes with it")
    void members() {
        Target mine = channel("room:1", "state=eq.open");
        assertThat(ask(mine).getRejected()).containsExactly(mine);
        Map<String, String> membership = Map.of("room_id", "1", "user_id", "\"alice\"", "role", "\"reader\"");
        change(inserted("public.room_members", "1", 1, membership));
        task.command("demo", subscribe("n1", 2, ALICE, now(), mine)).forEach(delivery -> {
            if (delivery.getBody() instanceof Admitted admitted) {
                assertThat(admitted.getAdmissions().getFirst().getTarget()).isEqualTo(mine);
            }
        });
        Map<String, String> open = Map.of("id", "1", "room_id", "1", "state", "\"open\"");
        Map<String, String> shut = Map.of("id", "1", "room_id", "1", "state", "\"shut\"");
        assertThat(told(inserted("public.tasks", "1", 2, open))).containsExactly("CREATE");
        assertThat(told(updated("public.tasks", "1", 3, open, shut))).containsExactly("DELETE");

        List<Delivery> revoked = task.change("demo", offset++, deleted("public.room_members", "1", 4, membership));
        assertThat(revoked).extracting(Delivery::getBody).hasOnlyElementsOfType(Revoked.class);
        assertThat(told(updated("public.tasks", "1", 5, shut, open))).isEmpty();
    }

    @Test
    @DisplayName("a change that very many filters pass is told in records that pass Kafka, to each once")
    void many() {
        List<Target> targets = IntStream.range(0, 10_000)
                .mapToObj(i -> channel("vault:1", "id=gte.0,title=neq." + "x".repeat(60) + i))
                .toList();
        subscribed(targets.toArray(Target[]::new));

        List<Delivery> deliveries = task.change("demo", offset++, inserted(SOURCES, "7", 1, source(7, 1, "open")));

        List<Frame> frames = frames(deliveries);
        assertThat(frames)
                .hasSizeGreaterThan(1)
                .allSatisfy(frame -> assertThat(Sizes.of(frame)).isLessThan(Parts.DELIVERY_BYTES));
        assertThat(frames.stream().flatMap(frame -> frame.getFiltered().stream()))
                .containsExactlyInAnyOrderElementsOf(targets);
        assertThat(deliveries)
                .filteredOn(delivery -> ((Frames) delivery.getBody()).getCursor() != null)
                .hasSize(1);
    }

    private static Change unchangedTitle(Map<String, String> before, int idAfter) {
        Map<String, String> after = Map.of("id", "" + idAfter, "vault_id", "1");
        return Samples.change(RowChange.newBuilder(row(Operation.UPDATE, SOURCES, "7", before, after, 9, true))
                .setUnchanged(List.of("title"))
                .build());
    }

    private static Change withoutOldRow(Map<String, String> after) {
        return Samples.change(row(Operation.UPDATE, SOURCES, "7", null, after, 9, true));
    }

    private List<String> told(Change change) {
        return change(change).stream().map(FilteredChannelsTest::action).toList();
    }

    private List<Frame> change(Change change) {
        return frames(task.change("demo", offset++, change));
    }

    private static List<Frame> frames(List<Delivery> deliveries) {
        List<Frame> frames = new ArrayList<>();
        deliveries.forEach(delivery -> {
            if (delivery.getBody() instanceof Frames some) {
                frames.addAll(some.getFrames());
            }
        });
        return frames;
    }

    private static String action(Frame frame) {
        return frame.getKeys().replaceAll(".*\"action\":\"(\\w+)\".*", "$1");
    }

    private void subscribed(Target... targets) {
        assertThat(ask(targets).getRejected()).isEmpty();
    }

    private Subscribed ask(Target... targets) {
        return (Subscribed) task.command("demo", subscribe("n1", 1, ALICE, now(), targets))
                .getLast()
                .getBody();
    }

    private dev.rowcast.schemas.avro.Start now() {
        return offset == 0 ? Samples.fromTheBeginning() : new dev.rowcast.schemas.avro.Start(EPOCH, offset - 1);
    }
}
