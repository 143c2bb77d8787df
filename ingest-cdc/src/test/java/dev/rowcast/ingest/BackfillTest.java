package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class BackfillTest {

    @Test
    @DisplayName("I-12: a backfill sends every row of the table again, as a snapshot's row")
    void everyRowOfTheTableComesAgain(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // Given
            world.execute("insert into notes select i, 'demo', 'note ' || i from generate_series(1, 2500) i");
            world.execute("delete from notes where id = 7");
            world.changes.untilRows(2501);

            // When
            Backfills backfills = new Backfills(world);
            String id = backfills.request("public.notes");

            // Then
            assertThat(backfills.awaitEnd(id)).as(backfills.reason(id)).isEqualTo("done");
            assertThat(backfills.rows(id)).isEqualTo(2499);
            world.changes.untilRows(2501 + 2499);
            List<RowChange> again = world.changes.rows().stream()
                    .filter(change -> change.getOp() == Operation.SNAPSHOT)
                    .toList();
            assertThat(again)
                    .extracting(RowChange::getKey)
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 2500)
                            .filter(i -> i != 7)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(again.getFirst().getAfter()).containsEntry("id", "1").containsEntry("body", "\"note 1\"");
            assertThat(again).allMatch(change -> change.getTx().getXid() == 0);
            assertThat(ingest.snapshots().backfills()).hasSize(1);
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    void aRowOfABackfillLooksAsTheLogsRowsDo(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // Given
            world.execute("insert into notes values (1, 'demo', 'a')");

            // When
            Backfills backfills = new Backfills(world);
            String id = backfills.request("public.notes");

            // Then
            assertThat(backfills.awaitEnd(id)).as(backfills.reason(id)).isEqualTo("done");
            List<ConsumerRecord<GenericRecord, GenericRecord>> raw = RawReader.all(world, "public.notes");
            assertThat(raw)
                    .extracting(record -> record.value().get("op").toString())
                    .containsExactly("c", "r");
            GenericRecord streamed = raw.getFirst().value();
            GenericRecord read = raw.getLast().value();
            assertThat(read.getSchema()).isEqualTo(streamed.getSchema());
            assertThat(raw.getLast().key()).isEqualTo(raw.getFirst().key());
            assertThat(read.get("after")).isEqualTo(streamed.get("after"));
            GenericRecord source = (GenericRecord) read.get("source");
            assertThat(source.get("snapshot")).hasToString("incremental");
            assertThat(source.get("table")).hasToString("notes");
            assertThat((long) source.get("lsn"))
                    .isGreaterThan((long) ((GenericRecord) streamed.get("source")).get("lsn"));
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("T18: only an exact table of the catalog is ever read")
    void whatTheCatalogDoesNotNameIsRefused(EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts);
                Ingest ingest = world.startReady()) {
            // Given
            world.execute("create table secrets (id int primary key); insert into secrets values (1)");
            Backfills backfills = new Backfills(world);
            List<String> attacks = List.of(
                    "public.secrets",
                    "public.notes; drop table secrets",
                    "public.notes where 1=1); drop table secrets; --",
                    "public.*",
                    ".*",
                    "public\\.notes",
                    "PUBLIC.NOTES",
                    "\"public\".\"notes\"",
                    " public.notes",
                    "notes",
                    "rowcast.heartbeat",
                    "pg_catalog.pg_authid",
                    "x".repeat(10_000));

            // When
            List<String> ids = attacks.stream().map(backfills::request).toList();

            // Then
            for (String id : ids) {
                assertThat(backfills.awaitEnd(id)).isEqualTo("refused");
                assertThat(backfills.reason(id))
                        .contains("the catalog has no table")
                        .contains("public.notes, public.tags")
                        .hasSizeLessThan(300);
            }
            assertThat(world.query("select count(*) from secrets")).isEqualTo("1");
            assertThat(ids.stream().map(backfills::rows).collect(Collectors.toSet()))
                    .containsExactly(0L);
            assertThat(ingest.ready()).isTrue();
        }
    }
}
