package dev.rowcast.standalone.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// An explanation for people: which event, whom it concerns, who may have it, and the verdict last, where the eye is.
final class ExplanationText {

    private static final int MOST_LINES = 20;

    private final PrintWriter out;

    ExplanationText(PrintWriter out) {
        this.out = out;
    }

    void print(JsonNode answer) {
        event(answer.path("event"));
        channels(answer.path("channels"));
        principal(answer.path("principal"));
        deliveries(answer.path("deliveries"));
        answer.path("notes").forEach(note -> out.println("Note: " + note.asString("")));
        JsonNode verdict = answer.path("verdict");
        out.println();
        out.println("%s %s [%s]".formatted(mark(verdict), text(verdict, "sentence"), text(verdict, "code")));
        out.println("  by " + text(verdict, "evidence"));
        out.flush();
    }

    private static String mark(JsonNode verdict) {
        return switch (text(verdict, "delivered")) {
            case "YES" -> "✔";
            case "NO" -> "✖";
            default -> "?";
        };
    }

    private void event(JsonNode event) {
        out.println("Event " + text(event, "id"));
        List<List<String>> rows = new ArrayList<>();
        if (event.hasNonNull("table")) {
            rows.add(List.of("  row", "%s %s".formatted(text(event, "table"), text(event, "key"))));
        }
        if (event.hasNonNull("operation")) {
            rows.add(List.of("  what", text(event, "operation")));
        }
        if (event.hasNonNull("tenant")) {
            rows.add(List.of("  tenant", text(event, "tenant")));
        }
        if (event.hasNonNull("committedAt")) {
            rows.add(List.of("  committed", text(event, "committedAt")));
        }
        rows.add(List.of(
                "  record",
                "rowcast.changes, partition %s, offset %s, written %s"
                        .formatted(text(event, "partition"), text(event, "offset"), text(event, "writtenAt"))));
        Columns.print(rows, out);
    }

    private void channels(JsonNode channels) {
        if (channels.isEmpty()) {
            out.println("Concerns no channel");
            return;
        }
        out.println("Concerns");
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode channel : channels) {
            String what = List.of(
                            text(channel, "means"),
                            text(channel, "access"),
                            channel.hasNonNull("through") ? "through " + text(channel, "through") : "",
                            text(channel, "of"))
                    .stream()
                    .filter(each -> !each.isEmpty())
                    .reduce((one, other) -> one + ", " + other)
                    .orElse("");
            rows.add(List.of("  " + text(channel, "name"), what, "", ""));
            JsonNode subscriptions = channel.path("subscriptions");
            if (subscriptions.isEmpty()) {
                rows.add(List.of("", "nobody is subscribed", "", ""));
            }
            for (JsonNode each : subscriptions) {
                rows.add(List.of(
                        "",
                        "node " + text(each, "node")
                                + (each.path("nodeAttached").asBoolean() ? "" : " (gone)"),
                        each.hasNonNull("principal") ? text(each, "principal") : "for all its listeners",
                        subscription(each)));
            }
            if (channel.path("more").asBoolean()) {
                rows.add(List.of("", "and more", "", ""));
            }
        }
        printSome(rows);
    }

    private static String subscription(JsonNode each) {
        List<String> facts = new ArrayList<>();
        facts.add("starts after offset " + text(each, "startsAfter")
                + (each.path("startsBeforeTheChange").asBoolean() ? "" : ", which is not before the change"));
        if (each.hasNonNull("filter")) {
            facts.add("filter %s %s"
                    .formatted(
                            text(each, "filter"), each.path("passesFilter").asBoolean() ? "passes" : "does not pass"));
        }
        if (!List.of("MEMBER", "OPEN").contains(text(each, "granted"))) {
            facts.add(words(text(each, "granted")));
        }
        facts.add(each.path("told").asBoolean() ? "told" : "not told");
        return String.join("; ", facts);
    }

    private void principal(JsonNode principal) {
        if (principal.isMissingNode() || principal.isNull()) {
            return;
        }
        out.println(text(principal, "principal")
                + (principal.path("keyEnded").asBoolean() ? ", which was revoked or deleted" : ""));
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode channel : principal.path("channels")) {
            rows.add(List.of(
                    "  " + text(channel, "channel"),
                    "at the change: " + standing(channel, "atTheChange", "roleAtTheChange"),
                    "now: " + standing(channel, "now", "roleNow")));
            for (JsonNode membership : channel.path("memberships")) {
                rows.add(List.of(
                        "",
                        "row " + text(membership, "row"),
                        "from %s %s"
                                .formatted(
                                        place(membership, "since"),
                                        membership.hasNonNull("untilOffset")
                                                ? "until " + place(membership, "until")
                                                : "on")));
            }
        }
        printSome(rows);
    }

    private static String standing(JsonNode channel, String grant, String role) {
        return words(text(channel, grant)) + (channel.hasNonNull(role) ? " (" + text(channel, role) + ")" : "");
    }

    private static String place(JsonNode membership, String which) {
        if (!membership.hasNonNull(which + "Offset")) {
            return "before this incarnation of the log";
        }
        String offset = "offset " + text(membership, which + "Offset");
        return membership.hasNonNull(which) ? text(membership, which) + " (" + offset + ")" : offset;
    }

    private void deliveries(JsonNode deliveries) {
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode each : deliveries.path("found")) {
            List<String> targets = new ArrayList<>();
            each.path("targets").forEach(target -> targets.add(target.asString("")));
            rows.add(List.of(
                    "  node " + text(each, "node"),
                    text(each, "matchedAt"),
                    String.join(", ", targets) + (each.path("replay").asBoolean() ? ", in a replay" : "")));
        }
        if (!rows.isEmpty()) {
            out.println("Told");
            printSome(rows);
        }
    }

    private void printSome(List<List<String>> rows) {
        if (rows.isEmpty()) {
            return;
        }
        Columns.print(rows.subList(0, Math.min(rows.size(), MOST_LINES)), out);
        if (rows.size() > MOST_LINES) {
            out.println("  … %d more lines; --json has all".formatted(rows.size() - MOST_LINES));
        }
    }

    private static String words(String code) {
        return code.toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static String text(JsonNode node, String member) {
        return node.path(member).asString("");
    }
}
