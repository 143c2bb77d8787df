package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.EPOCH;
import static dev.rowcast.streams.audience.Samples.change;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.updated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topics;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What caches are told.
class EvictionsTest {

    private static final String SOURCES = "public.sources";
    private static final String ANNOTATIONS = "public.annotations";
    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels: {vault: {access: tenant}}
            tables:
              public.sources: {entity: source, evict: ["vault:{vault_id}:sources", "source:{id}"]}
              public.annotations:
                entity: annotation
                parent: {table: public.sources, by: source_id}
                evict: ["vault:{parent.vault_id}:annotations", "source:{source_id}:annotations"]
              public.replies:
                entity: reply
                parent: {table: public.sources, by: source_id}
                evict: ["vault:{parent.vault_id}:by:{author}"]
              public.logs:
                event: "{action}"
                channels: ["vault:{vault_id}"]
                evict: ["vault:{vault_id}:activity"]
                insert-only: true
              public.plain: {entity: plain}
            """);

    private final RestartableTask task = new RestartableTask(CATALOG, JournalLimits.DEFAULTS);
    private long next;

    @Test
    void aChangeEvictsTheTagsOfTheRowBeforeAndAfter() {
        assertThat(evicted(inserted(SOURCES, "5", 100, source(5, 1))))
                .containsExactlyInAnyOrder("vault:1:sources", "source:5");
        assertThat(evicted(updated(SOURCES, "5", 110, source(5, 1), source(5, 2))))
                .containsExactlyInAnyOrder("vault:1:sources", "vault:2:sources", "source:5");
        assertThat(evicted(deleted(SOURCES, "5", 120, source(5, 2))))
                .containsExactlyInAnyOrder("vault:2:sources", "source:5");
    }

    @Test
    void evictionsSayTheTransactionThePositionAndTheTenant() {
        tell("demo", inserted(SOURCES, "5", 100, source(5, 1)));

        assertThat(task.evictions().values()).flatMap(List::copyOf).isNotEmpty().allSatisfy(eviction -> {
            assertThat(eviction.getTenant()).isEqualTo("demo");
            assertThat(eviction.getEpoch()).isEqualTo(EPOCH);
            assertThat(eviction.getPartition()).isZero();
            assertThat(eviction.getOffset()).isZero();
            assertThat(eviction.getXid()).isEqualTo(7);
            assertThat(eviction.getRedisMs()).isNull();
        });
    }

    @Test
    @DisplayName("a tag is told in the partition that its tenant and itself give, one record for each partition")
    void aTagIsToldInItsCachePartition() {
        tell("demo", updated(SOURCES, "5", 110, source(5, 1), source(5, 2)));

        task.evictions().forEach((cachePartition, evictions) -> {
            assertThat(evictions).hasSize(1);
            assertThat(evictions.getFirst().getTags())
                    .isNotEmpty()
                    .allSatisfy(tag -> assertThat(Partitions.of("demo|" + tag, Topics.EVICTIONS.partitions()))
                            .isEqualTo(cachePartition));
        });
    }

    @Test
    void aChildEvictsWhatIsTaggedThroughItsParent() {
        tell("demo", inserted(SOURCES, "5", 100, source(5, 1)));

        assertThat(evicted(inserted(ANNOTATIONS, "9", 110, annotation(5))))
                .containsExactlyInAnyOrder("vault:1:annotations", "source:5:annotations");
    }

    @Test
    void aParentThatMovesEvictsWhatItsChildrenAreTaggedWith() {
        tell("demo", inserted(SOURCES, "5", 100, source(5, 1)));
        tell("demo", inserted(ANNOTATIONS, "9", 110, annotation(5)));
        tell("demo", inserted("public.replies", "3", 110, Map.of("source_id", "5", "author", "8")));

        assertThat(evicted(updated(SOURCES, "5", 120, source(5, 1), source(5, 2))))
                .contains("vault:1:annotations", "vault:2:annotations", "vault:1:by:8", "vault:2:by:8");
        assertThat(evicted(updated(SOURCES, "5", 130, source(5, 2), source(5, 2))))
                .containsExactlyInAnyOrder("vault:2:sources", "source:5");
        assertThat(evicted(deleted(SOURCES, "5", 140, source(5, 2)))).contains("vault:2:annotations", "vault:2:by:8");
    }

    @Test
    void whereAParentIsNotKnownEverythingOfTheTenantIsStale() {
        tell("demo", inserted(ANNOTATIONS, "9", 110, annotation(5)));

        assertEverythingIsStale("demo");
        assertThat(evicted(inserted("public.plain", "1", 120, Map.of()))).isEmpty();
    }

    @Test
    void moreChildrenThanAreToldOneByOneMakeEverythingStaleWhereTheyHaveTagsOfTheirOwn() {
        tell("demo", inserted(SOURCES, "5", 100, source(5, 1)));
        IntStream.rangeClosed(0, 1_000).forEach(id -> tell("demo", inserted(ANNOTATIONS, "" + id, 110, annotation(5))));
        assertThat(evicted(updated(SOURCES, "5", 120, source(5, 1), source(5, 2))))
                .contains("vault:1:annotations", "vault:2:annotations");

        IntStream.rangeClosed(0, 1_000)
                .forEach(id -> tell(
                        "demo", inserted("public.replies", "" + id, 130, Map.of("source_id", "5", "author", "" + id))));
        tell("demo", updated(SOURCES, "5", 140, source(5, 2), source(5, 1)));

        assertEverythingIsStale("demo");
    }

    @Test
    void insertOnlyTablesEvictOnInsertOnlyAndSnapshotsNothing() {
        Map<String, String> log = Map.of("vault_id", "1", "action", "\"seen\"");

        assertThat(evicted(inserted("public.logs", "1", 100, log))).containsExactly("vault:1:activity");
        assertThat(evicted(deleted("public.logs", "1", 110, log))).isEmpty();
        assertThat(evicted(change(row(Operation.SNAPSHOT, SOURCES, "5", null, source(5, 1), 120, true))))
                .isEmpty();
    }

    @Test
    void anEmptiedTableMakesEverythingStale() {
        tell("demo", change(row(Operation.TRUNCATE, SOURCES, "", null, null, 100, true)));
        assertEverythingIsStale("demo");

        tell("", change(row(Operation.RESET, SOURCES, "", null, null, 110, true)));
        assertEverythingIsStale(null);

        assertThat(evicted(change(row(Operation.TRUNCATE, "public.plain", "", null, null, 120, true))))
                .isEmpty();
    }

    @Test
    void aChangeThatIsNotUnderstoodMakesEverythingOfItsTenantStale() {
        tell("demo", change(row(Operation.UNKNOWN, SOURCES, "5", null, null, 100, true)));

        assertEverythingIsStale("demo");
    }

    @Test
    void anotherIncarnationOfTheLogMakesEverythingStale() {
        tell("demo", inserted(SOURCES, "5", 100, source(5, 1)));
        Change next = new Change(EPOCH + 1, "app", 0L, null, new Watermark(1L, 2L, null));

        tell("", next);

        assertEverythingIsStale(null);
    }

    @Test
    void aWatermarkGoesToEveryCachePartitionWithTheCachesClock() {
        tell("", change(new Watermark(500L, 1_000L, 77L)));

        assertThat(task.evictions()).hasSize(Topics.EVICTIONS.partitions());
        assertThat(task.evictions().values()).flatMap(List::copyOf).allSatisfy(eviction -> {
            assertThat(eviction.getRedisMs()).isEqualTo(77);
            assertThat(eviction.getTenant()).isNull();
            assertThat(eviction.getTags()).isEmpty();
        });
        assertThat(evicted(change(new Watermark(510L, 1_010L, null)))).isEmpty();
        assertThat(task.evictions()).isEmpty();
    }

    @Test
    void whatIsReadAgainEvictsTheSameAgain() {
        tell("demo", inserted(SOURCES, "5", 100, source(5, 1)));
        Change child = inserted(ANNOTATIONS, "9", 110, annotation(5));
        tell("demo", child);
        Map<Integer, List<Eviction>> first = task.evictions();
        tell("demo", deleted(SOURCES, "5", 120, source(5, 1)));

        task.restart();
        assertThat(task.evictions()).isEmpty();
        task.change("demo", 1, child);

        assertThat(task.evictions()).isEqualTo(first);
    }

    @Test
    void tenantsWithTheSameTagsAreNotTakenForEachOther() {
        assertThat(IntStream.range(0, 100)
                        .filter(i -> Partitions.ofTag("a", "t" + i) != Partitions.ofTag("b", "t" + i))
                        .count())
                .isPositive();
        tell("other", inserted(SOURCES, "5", 100, source(5, 1)));

        tell("demo", inserted(ANNOTATIONS, "9", 110, annotation(5)));

        assertEverythingIsStale("demo");
    }

    private void assertEverythingIsStale(@Nullable String tenant) {
        assertThat(task.evictions()).hasSize(Topics.EVICTIONS.partitions());
        assertThat(task.evictions().values()).flatMap(List::copyOf).allSatisfy(eviction -> {
            assertThat(eviction.getTenant()).isEqualTo(tenant);
            assertThat(eviction.getTags()).isEmpty();
            assertThat(eviction.getRedisMs()).isNull();
        });
    }

    private List<String> evicted(Change change) {
        tell("demo", change);
        return task.evictions().values().stream()
                .flatMap(List::stream)
                .flatMap(eviction -> eviction.getTags().stream())
                .toList();
    }

    private void tell(String tenant, Change change) {
        task.change(tenant, next++, change);
    }

    private static Map<String, String> source(int id, int vault) {
        return Map.of("id", "" + id, "vault_id", "" + vault);
    }

    private static Map<String, String> annotation(int source) {
        return Map.of("source_id", "" + source);
    }
}
