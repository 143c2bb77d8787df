package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.EPOCH;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.change;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.entity;
import static dev.rowcast.streams.audience.Samples.fromTheBeginning;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.updated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.SnapshotMark;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.streams.rows.Rows;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// An annotation is in the vault that its source is in.
class DerivedChannelsTest {

    private static final String SOURCES = "public.sources";
    private static final String ANNOTATIONS = "public.annotations";
    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant}
              author: {access: tenant}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], deliver: [id, vault_id, title]}
              public.annotations:
                entity: annotation
                parent: {table: public.sources, by: source_id}
                channels: ["vault:{parent.vault_id}", "author:{author}"]
                deliver: [body]
              public.replies:
                entity: reply
                parent: {table: public.replies, by: reply_to}
                channels: ["vault:{parent.vault_id}", "vault:{vault_id}"]
            """);

    private final RestartableTask task = new RestartableTask(CATALOG, JournalLimits.DEFAULTS);
    private long next;

    @BeforeEach
    void everybodyListens() {
        task.command("demo", attach("n1", 0));
        task.command(
                "demo",
                subscribe(
                        "n1",
                        1,
                        ALICE,
                        fromTheBeginning(),
                        channel("vault:1"),
                        channel("vault:2"),
                        channel("author:7")));
    }

    @Test
    void aChildIsInTheChannelOfItsParent() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));

        assertThat(tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5))))
                .containsExactly("vault:1 CREATE annotation:9");
        assertThat(tell(updated(ANNOTATIONS, "9", lsn(), annotation(5), annotation(5))))
                .containsExactly("vault:1 UPDATE annotation:9");
        assertThat(tell(deleted(ANNOTATIONS, "9", lsn(), annotation(5))))
                .containsExactly("vault:1 DELETE annotation:9");
    }

    @Test
    void aChildWithoutAKnownParentIsInNoChannel() {
        assertThat(tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)))).isEmpty();
        assertThat(tell(inserted(ANNOTATIONS, "10", lsn(), annotation(null)))).isEmpty();
    }

    @Test
    void aChildThatGetsAnotherParentMovesToItsChannel() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(SOURCES, "6", lsn(), source(6, 2, "b")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));

        assertThat(tell(updated(ANNOTATIONS, "9", lsn(), annotation(5), annotation(6))))
                .containsExactly("vault:1 DELETE annotation:9", "vault:2 CREATE annotation:9");
    }

    @Test
    void aParentThatMovesTakesItsChildrenAlong() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));
        tell(inserted(ANNOTATIONS, "10", lsn(), annotation(6)));

        assertThat(tell(updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 2, "a"))))
                .containsExactly(
                        "vault:1 DELETE source:5",
                        "vault:2 CREATE source:5",
                        "vault:1 DELETE annotation:9",
                        "vault:2 CREATE annotation:9");
    }

    @Test
    void childrenThatFollowAreToldByTheirKeysAlone() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));

        Frames frames =
                (Frames) task.change("demo", next++, updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 2, "a")))
                        .getFirst()
                        .getBody();

        assertThat(frames.getFrames().getLast().getEntity()).isEqualTo("annotation:9");
        assertThat(frames.getFrames().getLast().getRows()).isNull();
    }

    @Test
    void aParentThatChangesWithoutMovingSaysNothingOfItsChildren() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));

        assertThat(tell(updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 1, "b"))))
                .containsExactly("vault:1 UPDATE source:5");
    }

    @Test
    void whereAChildStaysItIsUpdated() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5, 7)));

        assertThat(tell(updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 3, "a"))))
                .containsExactly(
                        "vault:1 DELETE source:5", "vault:1 DELETE annotation:9", "author:7 UPDATE annotation:9");
    }

    @Test
    void whoWatchesTheChildItselfIsToldThatItChanged() {
        task.command("demo", subscribe("n1", 2, ALICE, after(-1), entity("annotation:9")));
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));

        assertThat(tell(updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 2, "a"))))
                .contains("alice UPDATE annotation:9");
    }

    @Test
    void aParentThatComesAfterItsChildrenBringsThemIntoItsChannel() {
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));

        assertThat(tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a"))))
                .containsExactly("vault:1 CREATE source:5", "vault:1 CREATE annotation:9");
    }

    @Test
    @DisplayName("a parent that is deleted first still says who is told of its children's deletes")
    void cascadingDeletesAreTold() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));

        assertThat(tell(deleted(SOURCES, "5", lsn(), source(5, 1, "a")))).containsExactly("vault:1 DELETE source:5");
        assertThat(tell(deleted(ANNOTATIONS, "9", lsn(), annotation(5))))
                .containsExactly("vault:1 DELETE annotation:9");
    }

    @Test
    void whatAChildBecomesAfterItsParentIsGoneIsToldToNobody() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));
        tell(deleted(SOURCES, "5", lsn(), source(5, 1, "a")));

        assertThat(tell(updated(ANNOTATIONS, "9", lsn(), annotation(5), annotation(5))))
                .containsExactly("vault:1 DELETE annotation:9");
        assertThat(tell(updated(ANNOTATIONS, "9", lsn(), annotation(5), annotation(5))))
                .isEmpty();
        assertThat(tell(deleted(ANNOTATIONS, "9", lsn(), annotation(5)))).isEmpty();
    }

    @Test
    void aParentThatIsReplacedMovesTheChildrenThatOutliveIt() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));
        tell(deleted(SOURCES, "5", lsn(), source(5, 1, "a")));

        assertThat(tell(inserted(SOURCES, "5", lsn(), source(5, 2, "a"))))
                .containsExactly(
                        "vault:2 CREATE source:5", "vault:1 DELETE annotation:9", "vault:2 CREATE annotation:9");
    }

    @Test
    void aRowCanBeTheParentOfItsOwnKind() {
        tell(inserted("public.replies", "1", lsn(), reply(null, 1)));
        tell(inserted("public.replies", "2", lsn(), reply(1, null)));

        assertThat(tell(updated("public.replies", "1", lsn(), reply(null, 1), reply(null, 2))))
                .containsExactly(
                        "vault:1 DELETE reply:1",
                        "vault:2 CREATE reply:1",
                        "vault:1 DELETE reply:2",
                        "vault:2 CREATE reply:2");
    }

    @Test
    void snapshotRowsFillTheStoreAndTellNobody() {
        assertThat(tell(snapshot(ANNOTATIONS, "9", annotation(5)))).isEmpty();
        assertThat(tell(snapshot(SOURCES, "5", source(5, 1, "a")))).isEmpty();

        assertThat(tell(updated(ANNOTATIONS, "9", lsn(), annotation(5), annotation(5))))
                .containsExactly("vault:1 UPDATE annotation:9");
        assertThat(tell(updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 2, "a"))))
                .contains("vault:1 DELETE annotation:9", "vault:2 CREATE annotation:9");
    }

    @Test
    void afterChangesOfParentsThatAreNotToldTheirChildrenAreInNoChannel() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));

        assertThat(tell(change(row(Operation.RESET, SOURCES, "", null, null, lsn(), true))))
                .containsExactly("RESET SCHEMA author:7", "RESET SCHEMA vault:1", "RESET SCHEMA vault:2");
        assertThat(tell(updated(ANNOTATIONS, "9", lsn(), annotation(5), annotation(5))))
                .isEmpty();

        tell(snapshot(SOURCES, "5", source(5, 2, "a")));
        assertThat(tell(updated(ANNOTATIONS, "9", lsn(), annotation(5), annotation(5))))
                .containsExactly("vault:2 UPDATE annotation:9");
    }

    @Test
    void afterChangesOfChildrenThatAreNotToldAParentThatMovesResets() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(change(row(Operation.RESET, ANNOTATIONS, "", null, null, lsn(), true)));

        assertThat(tell(updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 2, "a"))))
                .containsExactly(
                        "vault:1 DELETE source:5",
                        "vault:2 CREATE source:5",
                        "RESET TRUNCATED vault:1",
                        "RESET TRUNCATED vault:2");
        assertThat(tell(inserted(SOURCES, "6", lsn(), source(6, 1, "a")))).containsExactly("vault:1 CREATE source:6");
    }

    @Test
    void anEmptiedTableOfParentsIsForgottenForEverybody() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));

        task.change("", next++, change(row(Operation.TRUNCATE, SOURCES, "", null, null, lsn(), true)));

        assertThat(tell(deleted(ANNOTATIONS, "9", lsn(), annotation(5)))).isEmpty();
    }

    @Test
    void whatASnapshotDoesNotConfirmIsForgottenAtItsEnd() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(SOURCES, "6", lsn(), source(6, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));
        tell(inserted(ANNOTATIONS, "10", lsn(), annotation(6)));

        mark(SnapshotPhase.BEGAN);
        tell(snapshot(SOURCES, "5", source(5, 1, "a")));
        assertThat(tell(updated(ANNOTATIONS, "10", lsn(), annotation(6), annotation(6))))
                .containsExactly("vault:1 UPDATE annotation:10");
        mark(SnapshotPhase.ENDED);

        assertThat(tell(updated(ANNOTATIONS, "9", lsn(), annotation(5), annotation(5))))
                .containsExactly("vault:1 UPDATE annotation:9");
        assertThat(tell(updated(ANNOTATIONS, "10", lsn(), annotation(6), annotation(6))))
                .isEmpty();
    }

    @Test
    void aThousandChildrenAreToldOneByOneAndMoreAreReset() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        IntStream.range(0, Rows.MOST_CHILDREN)
                .forEach(id -> tell(inserted(ANNOTATIONS, "" + id, lsn(), annotation(5))));
        assertThat(tell(updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 2, "a"))))
                .hasSize(2 + 2 * Rows.MOST_CHILDREN);

        tell(inserted(ANNOTATIONS, "one-more", lsn(), annotation(5)));

        assertThat(tell(updated(SOURCES, "5", lsn(), source(5, 2, "a"), source(5, 1, "a"))))
                .containsExactly(
                        "vault:2 DELETE source:5",
                        "vault:1 CREATE source:5",
                        "RESET TRUNCATED vault:1",
                        "RESET TRUNCATED vault:2");
    }

    @Test
    void whoResumesIsToldOfTheMoveAsItWas() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));
        long before = next - 1;
        tell(updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 2, "a")));
        tell(updated(SOURCES, "5", lsn(), source(5, 2, "a"), source(5, 3, "a")));

        task.command("demo", attach("n2", 1));
        List<Delivery> replayed =
                task.command("demo", subscribe("n2", 1, ALICE, after(before), channel("vault:1"), channel("vault:2")));

        assertThat(Tellings.of(replayed).stream().filter(told -> told.contains("annotation")))
                .containsExactly(
                        "vault:1 DELETE annotation:9", "vault:2 CREATE annotation:9", "vault:2 DELETE annotation:9");
    }

    @Test
    void whatIsReadAgainIsToldAsItWas() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)));
        Change changed = updated(ANNOTATIONS, "9", lsn(), annotation(5), annotation(5));
        Change moved = updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 2, "a"));
        long again = next;
        List<String> first = tell(changed);
        List<String> second = tell(moved);
        tell(deleted(ANNOTATIONS, "9", lsn(), annotation(5)));
        tell(deleted(SOURCES, "5", lsn(), source(5, 2, "a")));

        task.restart();
        next = again;

        assertThat(tell(changed)).isEqualTo(first);
        assertThat(tell(moved)).isEqualTo(second);
    }

    @Test
    void anotherTenantsParentOfTheSameIdIsNoParent() {
        task.change("other", next++, inserted(SOURCES, "5", lsn(), source(5, 1, "a")));

        assertThat(tell(inserted(ANNOTATIONS, "9", lsn(), annotation(5)))).isEmpty();
        assertThat(Tellings.of(task.change(
                        "other", next++, updated(SOURCES, "5", lsn(), source(5, 1, "a"), source(5, 2, "a")))))
                .isEmpty();
    }

    @Test
    void aNewIncarnationOfTheLogKeepsWhatIsKnown() {
        tell(inserted(SOURCES, "5", lsn(), source(5, 1, "a")));
        next = 0;
        Change first = new Change(
                EPOCH + 1, "app", 0L, null, row(Operation.CREATE, ANNOTATIONS, "9", null, annotation(5), lsn(), true));

        assertThat(tell(first)).containsExactly("vault:1 CREATE annotation:9");
    }

    private List<String> tell(Change change) {
        return Tellings.of(task.change("demo", next++, change));
    }

    private void mark(SnapshotPhase phase) {
        task.change("", next++, change(new SnapshotMark(phase)));
    }

    private long lsn() {
        return 1_000 + 10 * next;
    }

    private Change snapshot(String table, String key, Map<String, String> after) {
        return change(row(Operation.SNAPSHOT, table, key, null, after, lsn(), true));
    }

    private static Map<String, String> annotation(@Nullable Integer source) {
        return Map.of("source_id", String.valueOf(source), "body", "\"text\"");
    }

    private static Map<String, String> annotation(int source, int author) {
        return Map.of("source_id", "" + source, "author", "" + author, "body", "\"text\"");
    }

    private static Map<String, String> reply(@Nullable Integer to, @Nullable Integer vault) {
        return Map.of("reply_to", String.valueOf(to), "vault_id", String.valueOf(vault));
    }
}
