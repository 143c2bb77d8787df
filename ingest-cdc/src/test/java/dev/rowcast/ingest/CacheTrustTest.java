package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.position.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("P5: while rows are set aside that would evict, watermarks carry no time, so no cache is trusted")
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class CacheTrustTest {

    private static final int PARTITIONS = 8;

    private static final String TABLES = World.NOTES_SQL + """
            create table vaults (id bigint primary key, site_id text not null, name text);
            create table logs (id bigint primary key, site_id text not null, body text);
            alter table vaults replica identity full;
            alter table logs replica identity full;
            """;

    /// Notes have tags of their own, vaults are read by the tags of others, and of logs nothing is cached.
    private static final String CATALOG = """
            tenancy: {column: site_id}
            channels:
              site: {access: tenant}
            tables:
              public.notes: {entity: note, channels: ["site:{site_id}"], deliver: [id, body], evict: ["note:{id}"]}
              public.vaults: {entity: vault, channels: ["site:{site_id}"], deliver: [name]}
              public.tags: {entity: tag, channels: ["site:{site_id}"], parent: {table: public.vaults, by: id}, evict: ["tags:{parent.name}"]}
              public.logs: {entity: log, channels: ["site:{site_id}"], deliver: [body]}
            """;

    private final AtomicLong clock = new AtomicLong();

    @Test
    void fromTheMomentATableIsNotPublishedUntilEverythingKeptIsEvicted(EmbeddedParts parts) throws Exception {
        try (World world = world(parts);
                Ingest ingest = start(world)) {
            untilTimed(world, world.position());

            // When
            world.execute("alter publication rowcast_%s drop table notes".formatted(world.source));

            // Then
            long gone = clock.get();
            world.execute("insert into notes values (1, 'demo', 'nobody hears of it')");
            await().atMost(World.PATIENCE).until(() -> !ingest.quarantined().isEmpty());
            Lsn held = world.position();
            world.changes.untilWatermark(new Lsn(held.value() + 1));
            assertThat(watermarks(world.changes.records(), held))
                    .isNotEmpty()
                    .allMatch(mark -> mark.getRedisMs() == null);
            assertThat(watermarks(world.changes.records(), new Lsn(0)))
                    .noneMatch(mark -> mark.getRedisMs() != null && mark.getRedisMs() > gone);

            // When
            world.execute("alter publication rowcast_%s add table notes".formatted(world.source));
            await().atMost(World.PATIENCE).until(() -> ingest.quarantined().isEmpty());

            // Then
            untilTimed(world, world.position());
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(betweenTheLastWithoutATimeAndTheNextWithOne(world, partition))
                        .anySatisfy(body -> assertThat(body).isInstanceOfSatisfying(RowChange.class, row -> {
                            assertThat(row.getOp()).isEqualTo(Operation.RESET);
                            assertThat(row.getTable()).isEqualTo("public.notes");
                        }));
            }
        }
    }

    @Test
    void alsoWhileAParentIsSetAsideThatTagsRead(EmbeddedParts parts) throws Exception {
        try (World world = world(parts);
                Ingest ingest = start(world)) {
            // When
            world.execute("alter table vaults rename name to title; insert into vaults values (1, 'demo', 'a')");

            // Then
            await().atMost(World.PATIENCE).until(() -> !ingest.quarantined().isEmpty());
            Lsn held = world.position();
            world.changes.untilWatermark(new Lsn(held.value() + 1));
            assertThat(watermarks(world.changes.records(), held))
                    .isNotEmpty()
                    .allMatch(mark -> mark.getRedisMs() == null);

            // When
            world.execute("alter table vaults rename title to name; insert into vaults values (2, 'demo', 'b')");

            // Then
            untilTimed(world, world.position());
            assertThat(ingest.quarantined()).isEmpty();
        }
    }

    @Test
    void notWhileATableIsSetAsideOfWhichNothingIsCached(EmbeddedParts parts) throws Exception {
        try (World world = world(parts);
                Ingest ingest = start(world)) {
            // When
            world.execute("alter table logs rename body to text; insert into logs values (1, 'demo', 'a')");

            // Then
            await().atMost(World.PATIENCE).until(() -> !ingest.quarantined().isEmpty());
            untilTimed(world, world.position());
            assertThat(watermarks(world.changes.records(), new Lsn(0))).noneMatch(mark -> mark.getRedisMs() == null);
        }
    }

    private static World world(EmbeddedParts parts) throws Exception {
        return World.of(parts, TABLES, "notes, tags, vaults, logs", CATALOG);
    }

    private Ingest start(World world) {
        return world.startReady(world.config()
                .withCacheClock(() -> OptionalLong.of(clock.incrementAndGet()))
                .withHeartbeatEvery(Duration.ofMillis(100)));
    }

    /// Until every partition has a watermark of a later place that carries a time.
    private static void untilTimed(World world, Lsn lsn) {
        world.changes.until(records -> IntStream.range(0, PARTITIONS)
                .allMatch(partition ->
                        watermarks(of(records, partition), lsn).stream().anyMatch(mark -> mark.getRedisMs() != null)));
    }

    private static List<Watermark> watermarks(List<ConsumerRecord<String, Change>> records, Lsn behind) {
        return records.stream()
                .flatMap(
                        record -> record.value().getBody() instanceof Watermark mark ? Stream.of(mark) : Stream.empty())
                .filter(mark -> new Lsn(mark.getLsn()).compareTo(behind) > 0)
                .toList();
    }

    private static List<Object> betweenTheLastWithoutATimeAndTheNextWithOne(World world, int partition) {
        List<Object> bodies = of(world.changes.records(), partition).stream()
                .map(record -> record.value().getBody())
                .toList();
        int last = IntStream.range(0, bodies.size())
                .filter(at -> bodies.get(at) instanceof Watermark mark && mark.getRedisMs() == null)
                .max()
                .orElseThrow();
        int next = IntStream.range(last, bodies.size())
                .filter(at -> bodies.get(at) instanceof Watermark mark && mark.getRedisMs() != null)
                .findFirst()
                .orElseThrow();
        return bodies.subList(last, next);
    }

    private static List<ConsumerRecord<String, Change>> of(
            List<ConsumerRecord<String, Change>> records, int partition) {
        return records.stream()
                .filter(record -> record.partition() == partition)
                .toList();
    }
}
