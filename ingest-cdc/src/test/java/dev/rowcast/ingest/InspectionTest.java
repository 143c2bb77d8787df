package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.check.DatabaseCheck;
import dev.rowcast.ingest.check.DatabaseInspection;
import dev.rowcast.ingest.check.Finding;
import dev.rowcast.ingest.check.Severity;
import dev.rowcast.ingest.fault.FaultCode;
import java.sql.Connection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Each test breaks one thing of a real database, reads what is said of it, runs the printed statements, and finds
/// the tick again.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class InspectionTest {

    private World world;

    @BeforeEach
    void database(EmbeddedParts parts) throws Exception {
        world = World.ofNotes(parts);
    }

    @AfterEach
    void close() throws Exception {
        world.close();
    }

    @Test
    void aDatabaseThatFitsHasATickForEverythingThatWasLookedAt() throws Exception {
        List<Finding> findings = findings(Optional.empty());

        assertThat(findings).extracting(Finding::severity).containsOnly(Severity.OK);
        assertThat(findings)
                .extracting(finding -> (DatabaseCheck) finding.check())
                .containsExactlyElementsOf(EnumSet.complementOf(EnumSet.of(
                        DatabaseCheck.REACHABLE,
                        DatabaseCheck.PUBLICATION_PARTITIONS, // no table is partitioned
                        DatabaseCheck.SLOT_LOG, // there is no slot yet
                        DatabaseCheck.SLOT_FAILOVER))); // and no standby
    }

    @Test
    void aRoleWithoutRightsIsToldEachOfThem() throws Exception {
        String role = "bare_" + world.source;
        world.execute("create role %s".formatted(role));

        breaks(role, Set.of(DatabaseCheck.ROLE, DatabaseCheck.ROLE_TABLES, DatabaseCheck.ROLE_OWN));

        mendAndTick(role);
        world.execute("drop owned by %s; drop role %s".formatted(role, role));
    }

    @Test
    void aRoleWithAFunctionTakenAwayOrAPolicyInItsWayIsTold() throws Exception {
        String role = "hindered_" + world.source;
        world.execute("create role %s login replication; grant select on notes, tags, rowcast.api_keys to %s"
                .formatted(role, role));
        world.execute("""
                grant usage on schema rowcast to %1$s;
                grant select, insert, update on rowcast.heartbeat to %1$s;
                grant select on rowcast.resnapshots to %1$s;
                grant select, insert, update on rowcast.backfills to %1$s""".formatted(role));
        assertThat(wrong(Optional.of(role))).isEmpty();
        world.execute("alter table notes enable row level security");
        world.execute("revoke execute on function pg_control_system() from public");

        breaks(role, Set.of(DatabaseCheck.ROLE_ROWS, DatabaseCheck.ROLE_FUNCTIONS));

        mendAndTick(role);
        world.execute("drop owned by %s; drop role %s".formatted(role, role));
    }

    @Test
    void aRoleThatIsNotThereIsTold() throws Exception {
        assertThat(wrong(Optional.of("nobody"))).singleElement().satisfies(finding -> {
            assertThat(finding.code()).contains(FaultCode.DATABASE_RIGHTS);
            assertThat(finding.message()).isEqualTo("there is no role nobody");
        });
    }

    @Test
    void aPublicationWithARowFilterAndWithoutDeletesIsTold() throws Exception {
        String publication = "rowcast_" + world.source;
        world.execute("alter publication %s set table notes where (id > 7), tags, rowcast.api_keys, rowcast.heartbeat"
                .formatted(publication));
        world.execute("alter publication %s set (publish = 'insert, update')".formatted(publication));

        assertThat(wrong(Optional.empty()))
                .extracting(Finding::check)
                .containsExactly(DatabaseCheck.PUBLICATION_OPERATIONS, DatabaseCheck.PUBLICATION_ROWS);

        mendAndTick(world.url().user());
    }

    @Test
    void aPublicationWithAColumnListIsTold() throws Exception {
        world.execute(
                "alter publication rowcast_%s set table notes (id, site_id), tags, rowcast.api_keys, rowcast.heartbeat"
                        .formatted(world.source));

        assertThat(wrong(Optional.empty())).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(DatabaseCheck.PUBLICATION_COLUMNS);
            assertThat(finding.message()).contains("does not send body of public.notes");
        });

        mendAndTick(world.url().user());
    }

    @Test
    void aGeneratedColumnOfTheCatalogIsTold() throws Exception {
        world.execute("alter table notes drop column body");
        world.execute("alter table notes add column body text generated always as (site_id || id) stored");

        assertThat(wrong(Optional.empty()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.check()).isEqualTo(DatabaseCheck.PUBLICATION_COLUMNS));

        mendAndTick(world.url().user());
    }

    @Test
    void aPublicationThatIsMissingIsMadeByThePrintedStatement() throws Exception {
        world.execute("drop publication rowcast_%s".formatted(world.source));

        assertThat(wrong(Optional.empty()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.check()).isEqualTo(DatabaseCheck.PUBLICATION));
        assertThat(findings(Optional.empty()))
                .as("nothing is said of what is in a publication that is not there")
                .noneMatch(finding -> finding.check() == DatabaseCheck.PUBLICATION_ROWS);

        mendAndTick(world.url().user());
    }

    @Test
    void aPublicationOfAllTablesIsAWarning() throws Exception {
        world.execute("create table diary (id int primary key)");
        world.execute("drop publication rowcast_%s; create publication rowcast_%s for all tables"
                .formatted(world.source, world.source));

        assertThat(wrong(Optional.empty())).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.message()).contains("more than the catalog names");
        });

        mendAndTick(world.url().user());
    }

    @Test
    void partitionsThatArriveUnderTheirOwnNamesAndTheirIdentitiesAreTold() throws Exception {
        world.execute("drop table tags");
        world.execute("""
                create table tags (id bigint, site_id text not null, name text, primary key (id, site_id))
                  partition by hash (id);
                create table tags_0 partition of tags for values with (modulus 2, remainder 0);
                create table tags_1 partition of tags for values with (modulus 2, remainder 1);
                alter table tags replica identity full;
                alter table tags_0 replica identity full;
                alter publication rowcast_%s add table tags""".formatted(world.source));

        assertThat(wrong(Optional.empty()))
                .extracting(Finding::check, Finding::message)
                .containsExactly(
                        tuple(
                                DatabaseCheck.PUBLICATION_PARTITIONS,
                                "rows of public.tags would arrive under the names of its partitions"),
                        tuple(DatabaseCheck.TABLE_IDENTITY, "the old row of public.tags_1 lacks name in the log"));

        mendAndTick(world.url().user());
        assertThat(findings(Optional.empty()))
                .anyMatch(finding -> finding.check() == DatabaseCheck.PUBLICATION_PARTITIONS);
    }

    @Test
    void aSlotOfTheNameThatIsNotOursIsTold() throws Exception {
        world.query("select pg_create_logical_replication_slot('rowcast_%s', 'test_decoding')".formatted(world.source));

        assertThat(wrong(Optional.empty())).singleElement().satisfies(finding -> {
            assertThat(finding.check()).isEqualTo(DatabaseCheck.SLOT);
            assertThat(finding.message()).contains("is not of our making: logical test_decoding");
        });

        mendAndTick(world.url().user());
    }

    @Test
    void aSlotThatIsReadNamesItsReader() throws Exception {
        try (Ingest ingest = world.startReady()) {
            assertThat(findings(Optional.empty()))
                    .filteredOn(finding -> finding.check() == DatabaseCheck.SLOT)
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.severity()).isEqualTo(Severity.OK);
                        assertThat(finding.message()).containsPattern("read by process \\d+ .* from 127.0.0.1");
                    });
            assertThat(ingest.ready()).isTrue();
        }
        await().atMost(World.PATIENCE)
                .untilAsserted(() -> assertThat(findings(Optional.empty()))
                        .filteredOn(finding -> finding.check() == DatabaseCheck.SLOT)
                        .singleElement()
                        .satisfies(finding -> assertThat(finding.message()).endsWith("which nobody reads now")));
    }

    private void breaks(String role, Set<DatabaseCheck> expected) throws Exception {
        assertThat(wrong(Optional.of(role)))
                .extracting(finding -> (DatabaseCheck) finding.check())
                .containsAll(expected)
                .allMatch(expected::contains);
    }

    /// Runs what was printed, as a person would paste it.
    private void mendAndTick(String role) throws Exception {
        for (Finding finding : wrong(Optional.of(role))) {
            world.execute(String.join("\n", finding.fix()));
        }
        assertThat(wrong(Optional.of(role))).isEmpty();
    }

    private List<Finding> wrong(Optional<String> role) throws Exception {
        return findings(role).stream()
                .filter(finding -> finding.severity() != Severity.OK)
                // The shared server may be busy with other tests.
                .filter(finding -> finding.check() != DatabaseCheck.TRANSACTIONS)
                .toList();
    }

    private List<Finding> findings(Optional<String> role) throws Exception {
        try (Connection connection = world.database.connect()) {
            return DatabaseInspection.all(connection, world.catalog, role);
        }
    }
}
