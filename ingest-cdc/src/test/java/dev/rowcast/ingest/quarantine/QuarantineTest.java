package dev.rowcast.ingest.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.CaptureProgress;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.position.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class QuarantineTest {

    private static final TableName NOTES = new TableName("public", "notes");
    private static final Lsn HERE = new Lsn(100);
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| ([^|]*?) \\| [^|]* \\|$");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final Quarantine quarantine = new Quarantine(now::get);

    @Test
    void whoWatchesIsToldAtTheBeginningNowAndThenAndAtTheEnd() {
        quarantine.enter(NOTES, QuarantineCode.KEY_GONE, "no key", "add one");
        assertThat(quarantine.due(HERE)).containsExactly(NOTES);
        quarantine.row(NOTES);
        assertThat(quarantine.due(HERE)).isEmpty();

        now.set(Instant.EPOCH.plus(Duration.ofSeconds(10)));
        assertThat(quarantine.due(HERE)).containsExactly(NOTES);
        assertThat(quarantine.due(HERE)).isEmpty();

        quarantine.fits(NOTES);
        assertThat(quarantine.due(HERE)).containsExactly(NOTES);
        assertThat(quarantine.tables()).isEmpty();
    }

    @Test
    void whatTheDatabaseShowsEndsWhenTheDatabaseShowsIt() {
        quarantine.database(Map.of(NOTES, Map.entry("it is gone", "make it")), HERE);
        quarantine.fits(NOTES);
        assertThat(quarantine.codeOf(NOTES)).contains(QuarantineCode.CATALOG_MISMATCH);

        quarantine.database(Map.of(), HERE);
        assertThat(quarantine.tables()).isEmpty();
    }

    @Test
    void whatTheDatabaseShowsLastIsWhatIsSaid() {
        quarantine.database(Map.of(NOTES, Map.entry("not published", "publish it")), HERE);
        quarantine.row(NOTES);
        now.set(Instant.EPOCH.plus(Duration.ofSeconds(10)));

        quarantine.database(Map.of(NOTES, Map.entry("it is gone", "make it")), HERE);

        assertThat(quarantine.tables())
                .containsExactly(new QuarantinedTable(
                        NOTES, QuarantineCode.CATALOG_MISMATCH, "it is gone", "make it", Instant.EPOCH, 1));
    }

    @Test
    void whatARowShowsDoesNotEndByTheDatabase() {
        quarantine.enter(NOTES, QuarantineCode.COLUMN_GONE, "no body", "add it");
        quarantine.database(Map.of(), HERE);
        assertThat(quarantine.tables()).hasSize(1);

        quarantine.release(NOTES);
        assertThat(quarantine.tables()).isEmpty();
    }

    @Test
    void thatTheDatabaseWasMendedIsToldWhereTheLogHasEverythingFromBefore() {
        quarantine.database(Map.of(NOTES, Map.entry("not published", "publish it")), HERE);
        assertThat(quarantine.due(HERE)).containsExactly(NOTES);

        quarantine.database(Map.of(), new Lsn(200));

        assertThat(quarantine.due(new Lsn(199))).isEmpty();
        assertThat(quarantine.untold(Set.of(NOTES))).containsExactly(NOTES);
        assertThat(quarantine.due(new Lsn(200))).containsExactly(NOTES);
        assertThat(quarantine.untold(Set.of(NOTES))).isEmpty();
    }

    @Test
    void aTableWhoseEndIsNotToldYetIsStillInItAfterARestart() {
        quarantine.enter(NOTES, QuarantineCode.KEY_GONE, "no key", "add one");
        quarantine.due(HERE);
        quarantine.fits(NOTES);
        Quarantine next = new Quarantine(now::get);

        next.restore(progress());

        assertThat(next.codeOf(NOTES)).contains(QuarantineCode.KEY_GONE);
        quarantine.due(HERE);
        assertThat(quarantine.toRecords()).isEmpty();
    }

    @Test
    void aTableWhoseEndIsNotToldYetIsNotInItAgainAfterARunThatFailed() {
        quarantine.enter(NOTES, QuarantineCode.KEY_GONE, "no key", "add one");
        quarantine.due(HERE);
        CaptureProgress published = progress();
        quarantine.fits(NOTES);

        quarantine.restore(published);

        assertThat(quarantine.tables()).isEmpty();
        assertThat(quarantine.due(HERE)).containsExactly(NOTES);
    }

    private CaptureProgress progress() {
        return new CaptureProgress(
                "app", 1L, "topic", "7", 1, "slot", 1, true, 1L, 1L, null, 1L, 1L, quarantine.toRecords(), "");
    }

    @Test
    void thePageListsEveryCodeWithItsMeaning() throws IOException {
        assertThat(ROW.matcher(Files.readString(Path.of("../docs/concepts/ingest.md")))
                        .results()
                        .map(row -> row.group(1) + ": " + row.group(2)))
                .containsExactlyElementsOf(Arrays.stream(QuarantineCode.values())
                        .map(code -> code.name() + ": " + code.meaning())
                        .toList());
    }
}
