package dev.rowcast.bench.fanout;

import dev.rowcast.bench.table.Figures;
import dev.rowcast.bench.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.json.JsonMapper;

/// The medians as tables for people, and every trial as JSON for programs.
final class FanoutReport {

    private static final String FILE = "fanout.json";
    private static final String TEXT_FILE = "fanout.md";
    private static final double DRIVER_BOUND = 90;

    private final Plan plan;
    private final FanoutBench.Result result;

    FanoutReport(Plan plan, FanoutBench.Result result) {
        this.plan = plan;
        this.result = result;
    }

    /// Markdown, so that it can go into a page as it is.
    String text() {
        StringBuilder text = new StringBuilder("Deliveries: %s. Gateway: %s. Rounds: %d. Load before: %.2f.%n"
                .formatted(
                        plan.feed().title(),
                        result.pinned() ? "alone on one processor" : "on all processors, with everything else",
                        plan.rounds(),
                        result.loadBefore()));
        for (Cell cell : Cell.values()) {
            List<SequencedMap<String, Object>> lines = lines(cell);
            if (!lines.isEmpty()) {
                text.append("\n%s\n\n".formatted(cell.title())).append(Table.of(lines));
            }
        }
        result.problems().forEach(problem -> text.append("\nfailed: ").append(problem));
        return text.toString();
    }

    private List<SequencedMap<String, Object>> lines(Cell cell) {
        Map<SequencedMap<String, Object>, List<Row>> alike = new LinkedHashMap<>();
        result.rows().stream()
                .filter(row -> row.cell() == cell)
                .forEach(row -> alike.computeIfAbsent(row.what(), unseen -> new ArrayList<>())
                        .add(row));
        List<SequencedMap<String, Object>> lines = new ArrayList<>();
        alike.forEach((what, trials) -> lines.add(line(what, trials)));
        return lines;
    }

    private static SequencedMap<String, Object> line(SequencedMap<String, Object> what, List<Row> trials) {
        SequencedMap<String, Object> line = new LinkedHashMap<>(what);
        trials.getFirst().measured().forEach((title, first) -> {
            double median = Figures.median(
                    trials.stream().map(row -> row.measured().get(title)).toList());
            line.put(title, Figures.rounded(median));
            if (title.equals(Row.DRIVER)) {
                line.put("limit", median > DRIVER_BOUND ? "driver-bound" : "");
            }
        });
        return line;
    }

    /// Both, in a folder.
    ///
    /// @return the file for programs
    Path save(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(TEXT_FILE), text() + "\n");
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("command", "./rowcast bench fanout");
        all.put("time", Instant.now().toString());
        all.put("java", System.getProperty("java.version"));
        all.put("feed", plan.feed().name().toLowerCase(Locale.ROOT));
        all.put("pinned", result.pinned());
        all.put("loadBefore", result.loadBefore());
        Map<String, List<Map<String, Object>>> cells = new LinkedHashMap<>();
        for (Row row : result.rows()) {
            Map<String, Object> trial = new LinkedHashMap<>(row.what());
            trial.putAll(row.measured());
            cells.computeIfAbsent(row.cell().name().toLowerCase(Locale.ROOT), unseen -> new ArrayList<>())
                    .add(trial);
        }
        all.put("cells", cells);
        all.put("problems", result.problems());
        return Files.writeString(
                folder.resolve(FILE),
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n");
    }
}
