package dev.rowcast.bench.cache;

import dev.rowcast.bench.table.Figures;
import dev.rowcast.bench.table.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.databind.json.JsonMapper;

/// The medians as tables for people, and every trial as JSON for programs.
final class CacheReport {

    private static final String FILE = "cache.json";
    private static final String TEXT_FILE = "cache.md";
    /// What must never happen is told as the worst of all rounds, and not as their median.
    private static final List<String> WORST = List.of("stale > 0.5 s", "stale > 2 s", "oldest s", "failed", "worst ms");

    private final Plan plan;
    private final CacheBench.Result result;

    CacheReport(Plan plan, CacheBench.Result result) {
        this.plan = plan;
        this.result = result;
    }

    /// Markdown, so that it can go into a page as it is.
    String text() {
        StringBuilder text = new StringBuilder(
                "%,d reads/s and %d writes/s of %,d rooms; a read of the database takes %d to %d ms under the load. Rounds: %d. Load before: %.2f.%n"
                        .formatted(
                                plan.readsPerSecond(),
                                plan.writesPerSecond(),
                                plan.rooms(),
                                plan.slowness().least().toMillis(),
                                plan.slowness().most().toMillis(),
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
        alike.forEach((what, trials) -> {
            SequencedMap<String, Object> line = new LinkedHashMap<>(what);
            trials.getFirst()
                    .measured()
                    .forEach((title, first) -> line.put(title, Figures.rounded(told(title, trials))));
            lines.add(line);
        });
        return lines;
    }

    private static double told(String title, List<Row> trials) {
        List<Double> all = trials.stream()
                .map(row -> row.measured().getOrDefault(title, 0.0))
                .toList();
        return WORST.contains(title)
                ? all.stream().max(Comparator.naturalOrder()).orElseThrow()
                : Figures.median(all);
    }

    /// Both, in a folder.
    ///
    /// @return the file for programs
    Path save(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve(TEXT_FILE), text() + "\n");
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("command", "./rowcast bench cache");
        all.put("time", Instant.now().toString());
        all.put("java", System.getProperty("java.version"));
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put("loadBefore", result.loadBefore());
        all.put("readsPerSecond", plan.readsPerSecond());
        all.put("writesPerSecond", plan.writesPerSecond());
        all.put("rooms", plan.rooms());
        all.put("secondsOfATrial", plan.time().toSeconds());
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
