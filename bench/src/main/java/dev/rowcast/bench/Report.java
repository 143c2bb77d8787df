package dev.rowcast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// The results as a table for people, as JSON for programs and as a picture.
final class Report {

    private final List<Measured> results;

    Report(List<Measured> results) {
        this.results = List.copyOf(results);
    }

    /// Markdown, so that it can go into a page as it is.
    String table() {
        StringBuilder table = new StringBuilder("\np50 / p99 in ms\n\n| changes/s | sent | got |");
        for (Hop hop : Hop.values()) {
            table.append(' ').append(hop.title()).append(" |");
        }
        table.append(" worst |\n|")
                .append("---:|".repeat(Hop.values().length + 4))
                .append('\n');
        for (Measured result : results) {
            table.append("| %d | %d | %d |".formatted(result.perSecond(), result.sent(), result.got()));
            for (Hop hop : Hop.values()) {
                table.append(" %.1f / %.1f |".formatted(result.ms(hop, 50), result.ms(hop, 99)));
            }
            table.append(" %.1f |\n".formatted(result.ms(Hop.WHOLE, 100)));
        }
        return table.toString();
    }

    void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("latency.json"),
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(json()) + "\n");
        Files.writeString(folder.resolve("latency.svg"), new Chart(results).svg());
    }

    private Map<String, Object> json() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Measured result : results) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("perSecond", result.perSecond());
            row.put("sent", result.sent());
            row.put("got", result.got());
            row.put("seconds", result.seconds());
            for (Hop hop : Hop.values()) {
                Map<String, Object> ms = new LinkedHashMap<>();
                for (double percentile : new double[] {50, 90, 99, 99.9, 100}) {
                    ms.put("p" + percentile, result.ms(hop, percentile));
                }
                row.put(hop.name().toLowerCase(java.util.Locale.ROOT) + "Ms", ms);
            }
            rows.add(row);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("command", "./rowcast bench latency");
        all.put("time", Instant.now().toString());
        all.put("java", System.getProperty("java.version"));
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put("results", rows);
        return all;
    }
}
