package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.change;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.detach;
import static dev.rowcast.streams.audience.Samples.entity;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.updated;
import static dev.rowcast.streams.audience.Samples.watermark;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A change may mean that somebody must refetch, and take several records to say so. A task may die between them, and
/// its node lose its subscriptions: it asks again from where it is, by the last record that it got.
class CutsTest {

    private static final String SOURCES = "public.sources";
    private static final String NOTES = "public.notes";

    private final RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);

    @BeforeEach
    void aNodeIsAttached() {
        task.command("demo", attach("n1", 0));
        task.change("demo", 0, watermark(1));
    }

    @Test
    @DisplayName("P3: who was told of a parent that moved, and not of its children, is reset when it asks again")
    void whoWasNotToldOfTheChildrenIsResetWhenItAsksAgain() {
        task.command("demo", subscribe("n1", 1, ALICE, after(0), channel("vault:1")));
        task.change("demo", 1, inserted(SOURCES, "5", 10, source(5, 1, "a")));
        task.change("demo", 2, forgotten("public.marks"));
        task.change("demo", 3, forgotten("public.annotations"));

        List<Delivery> told = task.change("demo", 4, updated(SOURCES, "5", 40, source(5, 1, "a"), source(5, 2, "a")));

        assertThat(told)
                .extracting(each -> each.getBody().getClass(), Delivery::getOffset)
                .containsExactly(tuple(Frames.class, 3L), tuple(Reset.class, 4L));
        assertResetAfter("demo", told.getFirst().getOffset(), channel("vault:1"));
    }

    @Test
    @DisplayName(
            "P3: who was told that one tenant must refetch, and not that another must, is reset when it asks again")
    void whoWasNotToldOfAnotherTenantIsResetWhenItAsksAgain() {
        for (String tenant : List.of("demo", "other")) {
            task.command(tenant, subscribe("n1", 1, ALICE, after(0), channel("board:1")));
        }

        List<Delivery> told = task.change("", 1, emptied());

        assertThat(told).extracting(Delivery::getOffset).containsExactly(0L, 1L);
        assertResetAfter(told.getLast().getTenant(), told.getFirst().getOffset(), channel("board:1"));
    }

    @Test
    @DisplayName("P3: each node has all of it with its own last record")
    void eachNodeHasAllOfItWithItsOwnLastRecord() {
        task.command("demo", attach("n2", 1));
        task.command("demo", subscribe("n1", 1, ALICE, after(0), channel("board:1")));
        task.command("other", subscribe("n2", 1, ALICE, after(0), channel("board:1")));

        assertThat(task.change("", 1, emptied()))
                .extracting(Delivery::getOffset)
                .containsExactly(1L, 1L);
    }

    @Test
    @DisplayName(
            "P3: what cannot be told after all comes in the last record, and what is told with it without a cursor")
    void whatCannotBeToldComesLast() {
        task.command("demo", subscribe("n1", 1, ALICE, after(0), channel("board:1")));
        task.change("demo", 1, note(false));
        task.change("demo", 2, eventThatIsTooLong("site:1"));
        task.command("demo", subscribe("n1", 2, ALICE, after(0), channel("site:1")));

        List<Delivery> told = task.change("demo", 3, note(true));

        assertThat(told)
                .extracting(each -> each.getBody().getClass(), Delivery::getOffset)
                .containsExactly(tuple(Frames.class, 0L), tuple(Reset.class, 3L));
        assertThat(((Frames) told.getFirst().getBody()).getCursor()).isNull();
        assertResetAfter("demo", told.getFirst().getOffset(), channel("site:1"));
    }

    @Test
    @DisplayName("what must be refetched in very many targets comes in records that pass Kafka")
    void veryManyTargetsAreDivided() {
        String name = "note:%%0%dd".formatted(400);
        int targets = 2_000;
        IntStream.range(0, targets)
                .forEach(id -> task.command("demo", subscribe("n1", id, ALICE, after(0), entity(name.formatted(id)))));

        List<Delivery> told = task.change("demo", 1, emptied());

        assertThat(told).extracting(Delivery::getOffset).containsExactly(0L, 1L);
        assertThat(told)
                .allSatisfy(each -> assertThat(((Reset) each.getBody())
                                .getTargets().stream().mapToLong(Sizes::of).sum())
                        .isLessThan(Parts.DELIVERY_BYTES));
        assertThat(told.stream()
                        .mapToInt(each -> ((Reset) each.getBody()).getTargets().size()))
                .satisfies(counts -> assertThat(
                                counts.stream().mapToInt(count -> count).sum())
                        .isEqualTo(targets));
    }

    private void assertResetAfter(String tenant, long offset, Target target) {
        task.restart();
        task.command(tenant, detach("n1"));
        task.command(tenant, attach("n1", 0));
        GatewayCommand again = subscribe("n1", 9, ALICE, after(offset), target);
        assertThat(task.command(tenant, again))
                .extracting(Delivery::getBody)
                .filteredOn(Reset.class::isInstance)
                .singleElement()
                .satisfies(reset -> assertThat(((Reset) reset).getTargets()).containsExactly(target));
    }

    /// The table changed in ways that are not told.
    private static Change forgotten(String table) {
        return change(row(Operation.RESET, table, "", null, null, 20, true));
    }

    private static Change emptied() {
        return change(row(Operation.TRUNCATE, NOTES, "", null, null, 30, true));
    }

    private static Change note(boolean last) {
        Map<String, String> note = Map.of("id", "1", "vault_id", "1", "board_id", "1");
        return change(row(Operation.CREATE, NOTES, "1", null, note, 50, last));
    }

    private static Change eventThatIsTooLong(String channel) {
        String data = "{\"text\":\"%s\"}".formatted("x".repeat(300 << 10));
        return change(new PublishedEvent(
                "event-1", "site.rebuilt", List.of(channel), null, null, null, data, Samples.COMMIT_US));
    }
}
