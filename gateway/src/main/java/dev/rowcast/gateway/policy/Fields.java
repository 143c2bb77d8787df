package dev.rowcast.gateway.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// One mapping of the file, read key by key. Every method that finds something wrong says so to the report and answers
/// as if the key were not there.
final class Fields {

    /// Collects what is wrong; the file's size bounds it.
    record Report(String file, List<PolicyProblem> problems) {
        void add(int line, String key, PolicyCode code, String message, String fix) {
            problems.add(new PolicyProblem(file, line, key, code, message, fix));
        }
    }

    private static final int LONGEST_SHOWN = 60;

    private final Map<String, Node> values = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();
    private final String path;
    private final int line;
    private final Report report;

    private Fields(MappingNode node, String path, int line, Report report) {
        this.path = path;
        this.line = line;
        this.report = report;
        for (NodeTuple tuple : node.getValue()) {
            int at = line(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                report.add(at, path, PolicyCode.BAD_VALUE, "a key is a list or a mapping", "write a text");
            } else if (values.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
                report.add(
                        at,
                        path(key.getValue()),
                        PolicyCode.DUPLICATE_KEY,
                        "the key stands twice",
                        "remove one of them");
            } else {
                lines.put(key.getValue(), at);
            }
        }
    }

    /// The mapping, or nothing (and a problem) when the node is something else.
    static Optional<Fields> of(Node node, String path, int line, Report report) {
        if (node instanceof MappingNode mapping) {
            return Optional.of(new Fields(mapping, path, line, report));
        }
        report.add(line, path, PolicyCode.BAD_VALUE, "expected a mapping, {key: value}", "write one");
        return Optional.empty();
    }

    /// Refuses every key but these.
    void only(String... known) {
        List<String> keys = List.of(known);
        values.keySet().forEach(key -> {
            if (!keys.contains(key)) {
                report.add(
                        lineOf(key),
                        path(key),
                        PolicyCode.UNKNOWN_KEY,
                        "unknown key",
                        "known are " + String.join(", ", keys));
            }
        });
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /// Each value of a mapping whose keys are the user's own, and whose values are mappings.
    Map<String, Fields> sections() {
        Map<String, Fields> sections = new LinkedHashMap<>();
        values.keySet().forEach(key -> section(key).ifPresent(fields -> sections.put(key, fields)));
        return sections;
    }

    /// A text as a `T`, where the key is there.
    <T> Optional<T> optional(String key, Function<String, T> make) {
        @Nullable Node node = values.get(key);
        return node == null ? Optional.empty() : text(key, node, make);
    }

    /// A required key's text as a `T`.
    <T> Optional<T> required(String key, Function<String, T> make) {
        if (!has(key)) {
            report.add(line, path, PolicyCode.MISSING_KEY, "the key " + key + " is missing", "add it");
        }
        return optional(key, make);
    }

    /// A list of texts as `T`s, or one text for a list of one; empty where the key is not there.
    <T> List<T> list(String key, Function<String, T> make) {
        @Nullable Node node = values.get(key);
        List<T> made = new ArrayList<>();
        List<Node> items = switch (node) {
            case null -> List.of();
            case SequenceNode sequence -> sequence.getValue();
            default -> List.of(node);
        };
        items.forEach(item -> text(key, item, make).ifPresent(made::add));
        return made;
    }

    Optional<Fields> section(String key) {
        @Nullable Node node = values.get(key);
        return node == null ? Optional.empty() : of(node, path(key), lineOf(key), report);
    }

    /// What `make` makes, or nothing when a record refused its values, which is then a problem here.
    <T> Optional<T> attempt(Supplier<T> make) {
        return attempt(line, path, make);
    }

    private <T> Optional<T> text(String key, Node node, Function<String, T> make) {
        if (node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()) {
            return attempt(lineOf(key), path(key), () -> make.apply(shown(scalar.getValue())));
        }
        report.add(lineOf(key), path(key), PolicyCode.BAD_VALUE, "expected a text", "write one, or remove the key");
        return Optional.empty();
    }

    private <T> Optional<T> attempt(int at, String key, Supplier<T> make) {
        try {
            return Optional.of(make.get());
        } catch (BadPolicyException e) {
            report.add(at, key, e.code(), e.problem(), e.fix());
        } catch (IllegalArgumentException e) {
            report.add(at, key, PolicyCode.BAD_VALUE, String.valueOf(e.getMessage()), "correct the number");
        }
        return Optional.empty();
    }

    /// No value that is longer means anything, and none of these characters does.
    private static String shown(String value) {
        String head = value.length() > LONGEST_SHOWN ? value.substring(0, LONGEST_SHOWN) + "…" : value;
        return head.replaceAll("\\p{C}", "�");
    }

    private String path(String key) {
        String bounded = shown(key);
        return path.isEmpty() ? bounded : path + "." + bounded;
    }

    private int lineOf(String key) {
        return lines.getOrDefault(key, line);
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
