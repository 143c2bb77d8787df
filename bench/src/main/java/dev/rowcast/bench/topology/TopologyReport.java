package dev.rowcast.bench.topology;

import dev.rowcast.bench.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The rows as tables for people and as JSON for programs.
final class TopologyReport {

    private static final String FILE = "topology.json";

    private final TopologyBench.Result result;

    TopologyReport(TopologyBench.Result result) {
        this.result = result;
    }

    /// Markdown, so that it can go into a page as it is.
    String text() {
        StringBuilder text = new StringBuilder();
        for (Cell cell : Cell.values()) {
            List<Row> rows =
                    result.rows().stream().filter(row -> row.cell() == cell).toList();
            if (!rows.isEmpty()) {
                text.append("\n%s\n\n".formatted(cell.title()))
                        .append(Table.of(rows.stream().map(Row::values).toList()));
            }
        }
        result.problems().forEach(problem -> text.append("\nfailed: ").append(problem));
        return text.toString();
    }

    /// @return the file
    Path save(Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("command", "./rowcast bench topology");
        all.put("time", Instant.now().toString());
        all.put("java", System.getProperty("java.version"));
        all.put("processors", Runtime.getRuntime().availableProcessors());
        Map<String, Object> cells = new LinkedHashMap<>();
        for (Row row : result.rows()) {
            cells.merge(row.cell().name().toLowerCase(Locale.ROOT), List.of(row.values()), TopologyReport::joined);
        }
        all.put("cells", cells);
        all.put("problems", result.problems());
        return Files.writeString(
                folder.resolve(FILE),
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
    }

    private static Object joined(Object one, Object other) {
        return java.util.stream.Stream.of(one, other)
                .flatMap(each -> ((List<?>) each).stream())
                .toList();
    }
}
