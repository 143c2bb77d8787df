package dev.rowcast.ingest.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.inbox.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The page about ingest lists what becomes of an event.
class InboxPageTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([A-Z_]+)` \\| (.*) \\|$");

    @Test
    void thePageListsEveryCodeOfTheInboxWithItsMeaning() throws IOException {
        List<String> documented = ROW.matcher(Files.readString(Path.of("../docs/concepts/ingest.md")))
                .results()
                .map(row -> row.group(1) + ": " + row.group(2))
                .toList();

        assertThat(documented)
                .containsSequence(Stream.concat(
                                Arrays.stream(Refusal.Code.values()).map(code -> code + ": " + code.meaning()),
                                Arrays.stream(InboxStart.Loss.Kind.values()).map(kind -> kind + ": " + kind.meaning()))
                        .toList());
    }
}
