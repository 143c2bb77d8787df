package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A table that others stand on comes again once it was forgotten.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class RereadsTest {

    private static final String TABLES = """
            create table rooms (id bigint primary key, site_id text not null, vault int not null);
            create table notes (id bigint primary key, site_id text not null, room_id bigint not null, body text);
            create table members (vault int, who text, site_id text not null, primary key (vault, who));
            alter table rooms replica identity full;
            alter table notes replica identity full;
            alter table members replica identity full;
            insert into members values (1, 'alice', 'demo'), (1, 'bob', 'demo');
            insert into rooms values (1, 'demo', 1);
            insert into notes values (1, 'demo', 1, 'a');
            """;

    private static final String CATALOG = """
            tenancy: {column: site_id}
            channels:
              vault: {access: members, members: {table: public.members, channel: vault, principal: who}}
            tables:
              public.rooms: {entity: room, channels: ["vault:{vault}"]}
              public.notes: {entity: note, parent: {table: public.rooms, by: room_id},
                             channels: ["vault:{parent.vault}"], deliver: [body]}
            """;

    private static World world(EmbeddedParts parts) throws Exception {
        return World.of(parts, TABLES, "rooms, notes, members", CATALOG);
    }

    @Test
    @DisplayName("P2: members and parents come again, behind the RESET, when their table takes another shape")
    void membersAndParentsComeAgain(EmbeddedParts parts) throws Exception {
        try (World world = world(parts);
                Ingest ingest = world.startReady()) {
            // When
            world.execute("alter table members alter vault type bigint; update members set who = 'carol'"
                    + " where who = 'bob'");
            world.execute("alter table rooms alter vault type bigint; update rooms set vault = 2");
            world.execute("alter table notes alter room_id type int; update notes set body = 'b'");
            awaitDone(world, "public.members", 1);
            awaitDone(world, "public.rooms", 1);

            // Then
            world.changes.until(records -> readAgain(world, "public.members").size() >= 2
                    && !readAgain(world, "public.rooms").isEmpty());
            assertThat(readAgain(world, "public.members")).containsExactly("1,alice", "1,carol");
            assertThat(readAgain(world, "public.rooms")).containsExactly("1");
            assertThat(asked(world, "public.notes")).isZero();
            assertThat(ingest.ready()).isTrue();
        }
    }

    @Test
    @DisplayName("P2: a table in quarantine is not read until it is out of it, and then once")
    void aTableInQuarantineIsReadOnceItIsOut(EmbeddedParts parts) throws Exception {
        try (World world = world(parts);
                Ingest ingest = world.startReady()) {
            // Given
            world.execute("alter table members rename who to name; insert into members values (1, 'dave', 'demo')");
            await().atMost(World.PATIENCE).until(() -> !ingest.quarantined().isEmpty());
            world.changes.until(records -> lastReset(world, "public.members") >= 0);
            assertThat(asked(world, "public.members")).isZero();

            // When
            world.execute("alter table members rename name to who; insert into members values (1, 'erin', 'demo')");
            await().atMost(World.PATIENCE).until(() -> ingest.quarantined().isEmpty());
            awaitDone(world, "public.members", 1);

            // Then
            world.changes.until(records -> readAgain(world, "public.members").size() >= 4);
            assertThat(readAgain(world, "public.members")).containsExactly("1,alice", "1,bob", "1,dave", "1,erin");
            world.execute("insert into members values (1, 'frank', 'demo')");
            world.changes.until(records -> world.changes.keysOf("demo").contains("frank"));
            assertThat(asked(world, "public.members")).isEqualTo(1);
            assertThat(ingest.ready()).isTrue();
        }
    }

    private static void awaitDone(World world, String table, int times) {
        await().atMost(Backfills.PATIENCE)
                .until(() -> world.query(
                                "select count(*) from rowcast.backfills where state = 'done' and table_name = '%s'"
                                        .formatted(table))
                        .equals(Integer.toString(times)));
    }

    private static int asked(World world, String table) {
        return Integer.parseInt(
                world.query("select count(*) from rowcast.backfills where table_name = '%s'".formatted(table)));
    }

    private static long lastReset(World world, String table) {
        return of(world, table, Operation.RESET).stream()
                .mapToLong(ConsumerRecord::offset)
                .max()
                .orElse(-1);
    }

    /// Keys of the rows that were read behind the last RESET of the tenant's partition.
    private static List<String> readAgain(World world, String table) {
        List<? extends ConsumerRecord<?, ?>> reads = of(world, table, Operation.SNAPSHOT);
        int partition = dev.rowcast.schemas.topic.Partitions.of("demo", 8);
        long reset = of(world, table, Operation.RESET).stream()
                .filter(record -> record.partition() == partition)
                .mapToLong(ConsumerRecord::offset)
                .max()
                .orElse(Long.MAX_VALUE);
        return world.changes.rowRecords().stream()
                .filter(reads::contains)
                .filter(record -> record.offset() > reset)
                .map(record -> ((RowChange) record.value().getBody()).getKey())
                .toList();
    }

    private static List<ConsumerRecord<String, dev.rowcast.schemas.avro.Change>> of(
            World world, String table, Operation operation) {
        return world.changes.rowRecords().stream()
                .filter(record -> record.value().getBody() instanceof RowChange row
                        && row.getTable().equals(table)
                        && row.getOp() == operation)
                .toList();
    }
}
