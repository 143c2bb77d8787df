package dev.rowcast.ingest.quarantine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.catalog.TableName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class QuarantineTest {

    private static final TableName NOTES = new TableName("public", "notes");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| ([^|]*?) \\| [^|]* \\|$");

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
    private final Quarantine quarantine = new Quarantine(now::get);

    @Test
    void whoWatchesIsToldAtTheBeginningNowAndThenAndAtTheEnd() {
        quarantine.enter(NOTES, QuarantineCode.KEY_GONE, "no key", "add one");
        assertThat(quarantine.due()).containsExactly(NOTES);
        quarantine.row(NOTES);
        assertThat(quarantine.due()).isEmpty();

        now.set(Instant.EPOCH.plus(Duration.ofSeconds(10)));
        assertThat(quarantine.due()).containsExactly(NOTES);
        assertThat(quarantine.due()).isEmpty();

        quarantine.fits(NOTES);
        assertThat(quarantine.due()).containsExactly(NOTES);
        assertThat(quarantine.tables()).isEmpty();
    }

    @Test
    void whatTheDatabaseShowsEndsWhenTheDatabaseShowsIt() {
        quarantine.database(Map.of(NOTES, Map.entry("it is gone", "make it")));
        quarantine.fits(NOTES);
        assertThat(quarantine.codeOf(NOTES)).contains(QuarantineCode.CATALOG_MISMATCH);

        quarantine.database(Map.of());
        assertThat(quarantine.tables()).isEmpty();
    }

    @Test
    void whatTheDatabaseShowsLastIsWhatIsSaid() {
        quarantine.database(Map.of(NOTES, Map.entry("not published", "publish it")));
        quarantine.row(NOTES);
        now.set(Instant.EPOCH.plus(Duration.ofSeconds(10)));

        quarantine.database(Map.of(NOTES, Map.entry("it is gone", "make it")));

        assertThat(quarantine.tables())
                .containsExactly(new QuarantinedTable(
                        NOTES, QuarantineCode.CATALOG_MISMATCH, "it is gone", "make it", Instant.EPOCH, 1));
    }

    @Test
    void whatARowShowsDoesNotEndByTheDatabase() {
        quarantine.enter(NOTES, QuarantineCode.COLUMN_GONE, "no body", "add it");
        quarantine.database(Map.of());
        assertThat(quarantine.tables()).hasSize(1);

        quarantine.release(NOTES);
        assertThat(quarantine.tables()).isEmpty();
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
