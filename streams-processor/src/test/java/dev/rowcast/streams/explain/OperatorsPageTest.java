package dev.rowcast.streams.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.streams.explain.AskException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OperatorsPageTest {

    private static final Pattern ROW = Pattern.compile("^\\| (\\d{3}) \\| (`.*`) \\| (yes|no) \\|", Pattern.MULTILINE);

    @Test
    @DisplayName("SI-28: the operators' page lists every code with its status, and whether to try again")
    void thePageListsEveryCodeAsItIs() throws IOException {
        List<String> page = ROW.matcher(Files.readString(Path.of("..", "docs", "reference", "operators.md")))
                .results()
                .flatMap(row -> Stream.of(row.group(2).replace("`", "").split(", "))
                        .map(code -> code + " " + row.group(1) + " " + row.group(3)))
                .toList();

        assertThat(page)
                .isEqualTo(Arrays.stream(Code.values())
                        .map(code -> code + " " + code.status() + " " + (code.retryable() ? "yes" : "no"))
                        .toList());
    }
}
