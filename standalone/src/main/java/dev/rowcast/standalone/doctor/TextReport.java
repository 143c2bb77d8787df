package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.check.Finding;
import dev.rowcast.ingest.check.Severity;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;

/// Findings for people: a tick or a cross for each, and under each cross what mends it, ready to paste.
public final class TextReport {

    private static final int TITLE = 22;
    private static final String INDENT = "      ";

    private static final Map<String, String> PARTS = Map.ofEntries(
            Map.entry("catalog", "Catalog"),
            Map.entry("database", "Database"),
            Map.entry("server", "Database server"),
            Map.entry("role", "Role"),
            Map.entry("publication", "Publication"),
            Map.entry("tables", "Tables"),
            Map.entry("slot", "Replication slot"),
            Map.entry("transactions", "Open transactions"),
            Map.entry("kafka", "Kafka"),
            Map.entry("registry", "Schema registry"),
            Map.entry("redis", "Redis"),
            Map.entry("gateway", "Gateway"));

    private final PrintWriter out;
    private final boolean colours;

    /// @param colours whether the reader is a terminal that shows them
    public TextReport(PrintWriter out, boolean colours) {
        this.out = out;
        this.colours = colours;
    }

    public void print(List<Finding> findings) {
        String part = "";
        for (Finding finding : findings) {
            String next = part(finding);
            if (!next.equals(part)) {
                out.println(PARTS.getOrDefault(next, next));
                part = next;
            }
            print(finding);
        }
        out.println();
        out.println(sum(findings));
        out.flush();
    }

    private void print(Finding finding) {
        String code = finding.severity() == Severity.OK
                ? ""
                : " [%s]"
                        .formatted(finding.code()
                                .map(known -> known.label())
                                .orElse(finding.check().id()));
        out.println("  %s %s%s%s".formatted(mark(finding.severity()), title(finding), finding.message(), code));
        if (finding.severity() != Severity.OK && !finding.advice().isEmpty()) {
            out.println(INDENT + finding.advice() + (finding.fix().isEmpty() ? "" : ":"));
        }
        finding.fix().forEach(line -> out.println(INDENT + "  " + line));
    }

    private static String title(Finding finding) {
        return ("%-" + TITLE + "s ").formatted(finding.check().title());
    }

    private String mark(Severity severity) {
        return switch (severity) {
            case OK -> coloured("✔", 32);
            case WARNING -> coloured("!", 33);
            case ERROR -> coloured("✖", 31);
        };
    }

    private String coloured(String mark, int colour) {
        return colours ? "\u001b[%dm%s\u001b[0m".formatted(colour, mark) : mark;
    }

    private static String part(Finding finding) {
        String id = finding.check().id();
        return id.substring(0, id.indexOf('.'));
    }

    private static String sum(List<Finding> findings) {
        long errors = count(findings, Severity.ERROR);
        long warnings = count(findings, Severity.WARNING);
        if (errors + warnings == 0) {
            return "All is well.";
        }
        String said = "%d to mend".formatted(errors) + (warnings == 0 ? "" : ", %d to look at".formatted(warnings));
        return said + "; docs/how-to/mend-what-doctor-found.md says more about each.";
    }

    private static long count(List<Finding> findings, Severity severity) {
        return findings.stream()
                .filter(finding -> finding.severity() == severity)
                .count();
    }
}
