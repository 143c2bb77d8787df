package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.check.Finding;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PreflightTest {

    private static final String NOWHERE = "127.0.0.1:1";

    private World world;

    @BeforeAll
    void database(EmbeddedParts parts) throws Exception {
        world = World.ofNotes(parts);
    }

    @AfterAll
    void close() throws Exception {
        world.close();
    }

    @Test
    void aRightSetUpHasNoFault() {
        assertThat(faults(world.config())).isEmpty();
    }

    @Test
    void anUnknownUserIsNamedWithoutThePassword() {
        assertThat(faults(with(login("nobody", "s3cret"), world.config())))
                .singleElement()
                .satisfies(PreflightTest::isALoginWithoutThePassword);
    }

    @Test
    void aWrongPasswordIsNamedWithoutBeingShown() {
        assertThat(faults(with(login(world.url().user(), "s3cret"), world.config())))
                .singleElement()
                .satisfies(PreflightTest::isALoginWithoutThePassword);
    }

    @Test
    void ingestIsDownWithAWrongPasswordAndDoesNotShowIt() {
        IngestConfig config = with(login(world.url().user(), "s3cret"), world.config());
        try (Ingest ingest = world.start(config)) {
            await().atMost(World.PATIENCE)
                    .untilAsserted(() -> assertThat(ingest.state())
                            .isInstanceOfSatisfying(
                                    IngestState.Down.class, down -> isALoginWithoutThePassword(down.fault())));
        }
    }

    @Test
    void aDatabaseThatIsAwayIsNamed() {
        DatabaseUrl url = world.url();
        assertThat(faults(with(new DatabaseUrl(url.host(), 1, url.database(), url.user(), "", ""), world.config())))
                .singleElement()
                .satisfies(fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.DATABASE_AWAY);
                    assertThat(fault.reason()).contains("127.0.0.1:1/");
                });
    }

    @Test
    void aBrokerAndARegistryThatAreAwayAreNamed() {
        IngestConfig config = IngestConfig.of(world.url(), NOWHERE, "http://" + NOWHERE, world.catalog);
        assertThat(faults(config))
                .extracting(Fault::code)
                .containsExactly(FaultCode.BROKER_AWAY, FaultCode.REGISTRY_AWAY);
    }

    @Test
    void aMissingReplicaIdentityComesWithItsStatement() {
        world.execute("alter table tags replica identity default");
        assertThat(faults(world.config())).singleElement().satisfies(fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.CATALOG_MISMATCH);
            assertThat(fault.fix()).contains("ALTER TABLE public.tags REPLICA IDENTITY FULL");
        });
        world.execute("alter table tags replica identity full");
    }

    @Test
    void aTableOutsideThePublicationComesWithItsStatement() {
        world.execute("alter publication rowcast_%s drop table tags".formatted(world.source));
        assertThat(faults(world.config())).singleElement().satisfies(fault -> {
            assertThat(fault.code()).isEqualTo(FaultCode.PUBLICATION);
            assertThat(fault.fix()).contains("ADD TABLE public.tags");
        });
        world.execute("alter publication rowcast_%s add table tags".formatted(world.source));
    }

    @Test
    void aMissingColumnAndAMissingSetUpAreNamed() {
        world.execute("alter table notes rename body to text; alter table rowcast.heartbeat rename to gone");
        assertThat(faults(world.config()))
                .extracting(Fault::code)
                .containsExactly(FaultCode.SETUP_MISSING, FaultCode.CATALOG_MISMATCH);
        world.execute("alter table notes rename text to body; alter table rowcast.gone rename to heartbeat");
    }

    @Test
    void ingestIsDownWithTheFaultAndComesUpWhenItIsMended() {
        world.execute("alter table tags replica identity default");
        try (Ingest ingest = world.start()) {
            await().atMost(World.PATIENCE)
                    .until(() -> ingest.state() instanceof IngestState.Down(Fault fault)
                            && fault.code() == FaultCode.CATALOG_MISMATCH);
            world.execute("alter table tags replica identity full");
            await().atMost(World.PATIENCE).until(ingest::ready);
        }
    }

    @Test
    void aSlotThatWasDroppedIsDownNotASilentGap(EmbeddedParts parts) throws Exception {
        try (World lost = World.ofNotes(parts)) {
            lost.startReady().close();
            await().atMost(World.PATIENCE)
                    .until(() -> lost.query("select active from pg_replication_slots where slot_name = 'rowcast_%s'"
                                    .formatted(lost.source))
                            .equals("f"));
            lost.execute("select pg_drop_replication_slot('rowcast_%s')".formatted(lost.source));
            try (Ingest ingest = lost.start()) {
                await().atMost(World.PATIENCE)
                        .until(() -> ingest.state() instanceof IngestState.Down(Fault fault)
                                && fault.code() == FaultCode.SLOT_MISSING);
            }
        }
    }

    /// Everything that keeps ingest from starting.
    private static List<Fault> faults(IngestConfig config) {
        List<Fault> faults = new ArrayList<>();
        try {
            for (Finding finding : Preflight.database(config.database(), config.catalog(), Optional.empty())) {
                finding.fault().ifPresent(faults::add);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Preflight.broker(config.bootstrapServers()).ifPresent(faults::add);
        Preflight.registry(config.registryUrl()).ifPresent(faults::add);
        return faults;
    }

    private static void isALoginWithoutThePassword(Fault fault) {
        assertThat(fault.code().label()).isEqualTo("INGEST_DATABASE_LOGIN");
        assertThat(fault.toString()).contains("127.0.0.1").doesNotContain("s3cret");
    }

    private DatabaseUrl login(String user, String password) {
        return new DatabaseUrl(
                world.url().host(), world.url().port(), world.url().database(), user, password, "");
    }

    private static IngestConfig with(DatabaseUrl database, IngestConfig config) {
        return IngestConfig.of(database, config.bootstrapServers(), config.registryUrl(), config.catalog());
    }
}
