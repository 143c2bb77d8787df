package dev.rowcast.standalone.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// Lists who is subscribed and who is let in, as the topology knows it.
@Command(
        name = "who",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Lists a tenant's subscriptions and members; without a tenant the gateway nodes.",
        footer = {"", "Exit code: 0 listed, 2 wrong input, 3 not found, 1 nobody answers."})
final class WhoCommand implements Callable<Integer> {

    @Mixin
    private final Home home = new Home();

    @Parameters(index = "0", arity = "0..1", paramLabel = "TENANT", description = "Such as demo.")
    private String tenant = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "CHANNEL", description = "Such as vault:1.")
    private String channel = "";

    @Option(names = "--principal", paramLabel = "WHO", description = "Only user:alice, key:pk_demo or anonymous.")
    private String principal = "";

    @Option(names = "--node", description = "Only this gateway node.")
    private String node = "";

    @Option(names = "--limit", description = "As many of each kind, up to 1000 (default: ${DEFAULT-VALUE}).")
    private int limit = 200;

    @Mixin
    private final Operators operators = new Operators();

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> query = Map.of(
                "tenant",
                tenant,
                "channel",
                channel,
                "principal",
                principal,
                "node",
                node,
                "limit",
                Integer.toString(limit));
        return operators.answer(
                home, "audience", query, tenant.isEmpty() ? WhoCommand::partitions : WhoCommand::tenant);
    }

    private static void partitions(JsonNode answer, PrintWriter out) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PARTITION", "POSITION", "TOLD", "SUBSCRIPTIONS", "NODE", "HOME", "SILENT"));
        for (JsonNode partition : answer.path("partitions")) {
            List<String> first = List.of(
                    text(partition, "partition"),
                    text(partition, "position"),
                    text(partition, "told"),
                    text(partition, "subscriptions"));
            if (partition.path("nodes").isEmpty()) {
                rows.add(List.of(first.get(0), first.get(1), first.get(2), first.get(3), "none", "", ""));
            }
            for (JsonNode each : partition.path("nodes")) {
                rows.add(List.of(
                        first.get(0),
                        first.get(1),
                        first.get(2),
                        first.get(3),
                        text(each, "node"),
                        text(each, "home"),
                        "%s of %s ms".formatted(text(each, "silentMs"), text(each, "leaseMs"))));
            }
        }
        Columns.print(rows, out);
        answer.path("elsewhere").forEach(url -> out.println("Other instance: " + url.asString("")));
    }

    private static void tenant(JsonNode answer, PrintWriter out) {
        out.println("Tenant %s: partition %s, at offset %s"
                .formatted(text(answer, "tenant"), text(answer, "partition"), text(answer, "position")));
        List<List<String>> subscribed = new ArrayList<>();
        subscribed.add(List.of("SUBSCRIBED TO", "WHO", "NODE", "AFTER OFFSET", "FILTER"));
        for (JsonNode each : answer.path("subscriptions")) {
            subscribed.add(List.of(
                    ("entity".equals(text(each, "kind")) ? "entity " : "") + text(each, "target"),
                    each.hasNonNull("principal") ? text(each, "principal") : "all listeners",
                    text(each, "node") + (each.path("nodeAttached").asBoolean() ? "" : " (gone)"),
                    text(each, "startsAfter"),
                    text(each, "filter")));
        }
        print(subscribed, "Nobody is subscribed", out);
        List<List<String>> members = new ArrayList<>();
        members.add(List.of("MEMBER OF", "WHO", "ROLE", "ROW", "SINCE OFFSET"));
        for (JsonNode each : answer.path("members")) {
            members.add(List.of(
                    text(each, "channel"),
                    text(each, "principal"),
                    text(each, "role"),
                    text(each, "row"),
                    text(each, "sinceOffset")));
        }
        print(members, "Nobody is a member", out);
        if (!answer.path("complete").asBoolean()) {
            out.println("That is not all: name a CHANNEL, --principal or --node, or raise --limit");
        }
    }

    private static void print(List<List<String>> rows, String none, PrintWriter out) {
        if (rows.size() == 1) {
            out.println(none);
        } else {
            Columns.print(rows, out);
        }
    }

    private static String text(JsonNode node, String member) {
        return node.path(member).asString("");
    }
}
