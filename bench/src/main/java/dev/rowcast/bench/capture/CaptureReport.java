package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import tools.jackson.databind.json.JsonMapper;

/// The result as tables for people, in Markdown, and as JSON for programs.
final class CaptureReport {

    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

    private final Plan plan;
    private final Result result;
    private final Summary summary;

    CaptureReport(Plan plan, Result result) {
        this.plan = plan;
        this.result = result;
        this.summary = result.throughput();
    }

    String text() {
        StringBuilder text = new StringBuilder("\n");
        rates(text);
        processorTime(text);
        delays(text);
        result.outage().ifPresent(seen -> outage(text, seen));
        text.append("Highest load while it ran: %.1f on %d processors%n"
                .formatted(summary.highestLoad(), Runtime.getRuntime().availableProcessors()));
        result.problems()
                .forEach(
                        problem -> text.append("NOT MEASURED: ").append(problem).append('\n'));
        if (!result.clean()) {
            text.append("NOT CLEAN: rows are missing, came twice, or a process began anew; see the JSON.\n");
        }
        return text.toString();
    }

    private void rates(StringBuilder text) {
        text.append("Rows/s, medians; in parentheses the lowest and the highest; × is ours over theirs\n\n| rows |");
        summary.sides().forEach(side -> text.append(' ').append(side.title()).append(" |"));
        text.append("\n|---|").append("---:|".repeat(summary.sides().size())).append('\n');
        each((shape, mode) -> {
            text.append("| %s, %s |".formatted(shape.title(), mode.title()));
            for (Side side : summary.sides()) {
                double[] range = summary.range(side, shape, mode);
                text.append(
                        " %,.0f (%,.0f–%,.0f)".formatted(summary.rowsPerSecond(side, shape, mode), range[0], range[1]));
                double ratio = summary.ratio(side, shape, mode);
                text.append(side == Side.ROWCAST || Double.isNaN(ratio) ? " |" : " × %.2f |".formatted(ratio));
            }
            text.append('\n');
        });
        text.append('\n');
    }

    private void processorTime(StringBuilder text) {
        text.append("Processor seconds for 1,000 rows: capture / broker / Postgres\n\n| rows |");
        summary.sides().forEach(side -> text.append(' ').append(side.title()).append(" |"));
        text.append("\n|---|").append("---:|".repeat(summary.sides().size())).append('\n');
        each((shape, mode) -> {
            text.append("| %s, %s |".formatted(shape.title(), mode.title()));
            for (Side side : summary.sides()) {
                text.append(" %.3f / %.3f / %.3f |"
                        .formatted(
                                cost(side, shape, mode, Usage::capture),
                                cost(side, shape, mode, Usage::broker),
                                cost(side, shape, mode, Usage::postgres)));
            }
            text.append('\n');
        });
        text.append('\n');
    }

    private double cost(Side side, Shape shape, Mode mode, ToDoubleFunction<Usage> process) {
        return summary.secondsPer1000(side, shape, mode, process);
    }

    private void delays(StringBuilder text) {
        if (result.delays().isEmpty()) {
            return;
        }
        text.append("Commit → topic in ms at %,d durable commits/s, read_committed: p50 / p99 / max\n\n"
                        .formatted(Latency.PER_SECOND))
                .append("| side | topic | process | sent | got | from the commit | from when it was due |\n")
                .append("|---|---|---:|---:|---:|---:|---:|\n");
        for (Delay delay : result.delays()) {
            text.append("| %s | %s | %d | %d | %d | %s | %s |%n"
                    .formatted(
                            delay.side().title(),
                            delay.topic(),
                            delay.block(),
                            delay.sent(),
                            delay.got(),
                            ms(delay.fromCommit()),
                            ms(delay.fromDue())));
        }
        text.append('\n');
    }

    private static String ms(Histogram us) {
        return "%.1f / %.1f / %.1f"
                .formatted(
                        us.getValueAtPercentile(50) / 1000.0,
                        us.getValueAtPercentile(99) / 1000.0,
                        us.getMaxValue() / 1000.0);
    }

    private static void outage(StringBuilder text, Outage.Seen seen) {
        text.append("Kafka away for %d s under %,d rows/s\n\n".formatted(seen.seconds(), seen.perSecond()))
                .append("| ingest, MiB | before | during | after |\n|---|---:|---:|---:|\n")
                .append("| resident, most | %d | %d | %d |%n"
                        .formatted(
                                seen.before().residentMiB(),
                                seen.during().residentMiB(),
                                seen.after().residentMiB()))
                .append("| heap, most | %d | %d | %d |%n"
                        .formatted(
                                seen.before().heapMiB(),
                                seen.during().heapMiB(),
                                seen.after().heapMiB()))
                .append("| heap after a collection | %d | %d | %d |%n%n"
                        .formatted(
                                seen.before().liveHeapMiB(),
                                seen.during().liveHeapMiB(),
                                seen.after().liveHeapMiB()))
                .append(
                        "%,d rows and %d MiB of log waited. The first came %.1f s after Kafka was back, all %.1f s after;%n"
                                .formatted(
                                        seen.backlog(),
                                        seen.retainedMiB(),
                                        seen.resumedAfterSeconds(),
                                        seen.caughtUpAfterSeconds()))
                .append("between the two %,.0f rows/s, %.1f times the load, which went on. Sent %,d, got %,d.%n%n"
                        .formatted(
                                seen.catchUpPerSecond(),
                                seen.catchUpPerSecond() / seen.perSecond(),
                                seen.sent(),
                                seen.got()));
    }

    private interface Kind {
        void see(Shape shape, Mode mode);
    }

    private void each(Kind kind) {
        for (Shape shape : plan.shapes()) {
            for (Mode mode : Mode.values()) {
                kind.see(shape, mode);
            }
        }
    }

    void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve(plan.file()),
                JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(json()) + "\n");
    }

    private Map<String, Object> json() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("command", plan.quick() ? "./rowcast bench capture --quick" : "./rowcast bench capture");
        all.put("time", Instant.now().toString());
        all.put("java", System.getProperty("java.version"));
        all.put("processors", Runtime.getRuntime().availableProcessors());
        all.put("flags", Child.FLAGS);
        all.put("plan", plan);
        all.put("clean", result.clean());
        all.put("problems", result.problems());
        List<Map<String, Object>> rates = new ArrayList<>();
        each((shape, mode) -> summary.sides()
                .forEach(side -> rates.add(Map.of(
                        "side",
                        side,
                        "shape",
                        shape,
                        "mode",
                        mode,
                        "rowsPerSecond",
                        Math.round(summary.rowsPerSecond(side, shape, mode)),
                        "oursOverTheirs",
                        String.valueOf(summary.ratio(side, shape, mode))))));
        all.put("medians", rates);
        all.put("trials", summary.trials());
        all.put("delays", result.delays().stream().map(CaptureReport::json).toList());
        result.outage().ifPresent(seen -> all.put("outage", seen));
        return all;
    }

    private static Map<String, Object> json(Delay delay) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("side", delay.side());
        row.put("topic", delay.topic());
        row.put("process", delay.block());
        row.put("sent", delay.sent());
        row.put("got", delay.got());
        row.put("fromCommitMs", percentiles(delay.fromCommit()));
        row.put("fromDueMs", percentiles(delay.fromDue()));
        return row;
    }

    private static Map<String, Double> percentiles(Histogram us) {
        Map<String, Double> ms = new LinkedHashMap<>();
        for (double percentile : PERCENTILES) {
            ms.put("p" + percentile, us.getValueAtPercentile(percentile) / 1000.0);
        }
        return ms;
    }
}
