package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.ingest.fault.FaultCode;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The page lists every code, with its meaning at the beginning of the line, and no other code.
class FaultsPageTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(INGEST_[A-Z_]+)` \\| ([^|;]*?) *[|;]");

    @Test
    void thePageListsEveryCodeWithItsMeaningAndNoOther() {
        List<String> documented = ROW.matcher(World.file("../docs/concepts/ingest.md"))
                .results()
                .map(row -> row.group(1) + ": " + row.group(2))
                .toList();

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(FaultCode.values())
                        .map(code -> code.label() + ": " + code.meaning())
                        .toList());
    }
}
