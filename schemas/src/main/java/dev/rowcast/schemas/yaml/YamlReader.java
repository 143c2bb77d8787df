package dev.rowcast.schemas.yaml;

import dev.rowcast.schemas.yaml.YamlValue.Where;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/// Turns the text of a file into [YamlValue]s. It takes the plain part of YAML: one document of mappings, lists and
/// scalars. What makes a file mean something else than it says (anchors, aliases, tags, duplicate keys) is refused,
/// and so is what makes a small file large (aliases, deep nesting). No object is ever constructed from a tag.
final class YamlReader {
    /// The formats themselves need five levels.
    private static final int MAX_DEPTH = 16;

    private final FileProblems problems;
    private final int mostBytes;
    private final Yaml yaml;

    YamlReader(FileProblems problems, int mostBytes) {
        this.problems = problems;
        this.mostBytes = mostBytes;
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(mostBytes);
        options.setNestingDepthLimit(MAX_DEPTH);
        this.yaml = new Yaml(options);
    }

    /// The file's value; nothing when the file is empty, or so wrong that nothing else can be said about it.
    Optional<YamlValue> read(String text) {
        if (text.length() > mostBytes || text.getBytes(StandardCharsets.UTF_8).length > mostBytes) {
            problems.add(
                    Where.FILE,
                    Fault.SIZE,
                    "the file is larger than " + mostBytes + " bytes",
                    "keep everything out of it that none of its keys is for");
            return Optional.empty();
        }
        try {
            if (!onlyPlainYaml(text)) {
                return Optional.empty();
            }
            return Optional.ofNullable(yaml.compose(new StringReader(text))).map(node -> value(node, Where.TOP));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            syntax(line, String.valueOf(e.getProblem()));
        } catch (ReaderException e) {
            int before = text.offsetByCodePoints(0, Math.min(e.getPosition(), text.codePointCount(0, text.length())));
            int line = 1
                    + (int) text.substring(0, before)
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
            syntax(line, "character U+%04X is not allowed".formatted(e.getCodePoint()));
        } catch (YAMLException e) {
            syntax(1, String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private void syntax(int line, String what) {
        problems.add(new Where(null, "", line), Fault.SYNTAX, "not YAML: " + Excerpt.of(what), "mend the syntax here");
    }

    /// Goes over the events before anything is composed, since composing resolves aliases.
    private boolean onlyPlainYaml(String text) {
        boolean plain = true;
        int documents = 0;
        int depth = 0;
        for (Event event : yaml.parse(new StringReader(text))) {
            @Nullable String refused = refused(event);
            if (event instanceof DocumentStartEvent && ++documents > 1) {
                refused = "a second document";
            }
            if (event instanceof CollectionEndEvent) {
                depth--;
            }
            if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
                refused = "nesting of more than " + MAX_DEPTH + " levels";
            }
            if (refused != null) {
                Where where = new Where(null, "", event.getStartMark().getLine() + 1);
                problems.add(where, Fault.FEATURE, refused + " is not taken here", "write the value out");
                plain = false;
            }
            if (depth > MAX_DEPTH) {
                break;
            }
        }
        return plain;
    }

    private static @Nullable String refused(Event event) {
        return switch (event) {
            case AliasEvent alias -> "alias *" + Excerpt.of(alias.getAnchor());
            case NodeEvent node when node.getAnchor() != null -> "anchor &" + Excerpt.of(node.getAnchor());
            case ScalarEvent scalar when scalar.getTag() != null -> "tag " + Excerpt.of(scalar.getTag());
            case CollectionStartEvent start when start.getTag() != null -> "tag " + Excerpt.of(start.getTag());
            default -> null;
        };
    }

    private YamlValue value(Node node, Where where) {
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar, where);
            case SequenceNode sequence -> items(sequence, where);
            case MappingNode mapping -> fields(mapping, where);
            default -> throw new IllegalStateException("YAML node of kind " + node.getNodeId());
        };
    }

    private static YamlValue scalar(ScalarNode scalar, Where where) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return new YamlValue.Nothing(where);
        }
        if (tag.equals(Tag.BOOL)) {
            return new YamlValue.Literal(where, "boolean", text);
        }
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            return new YamlValue.Literal(where, "number", text);
        }
        return tag.equals(Tag.TIMESTAMP) ? new YamlValue.Literal(where, "date", text) : new YamlValue.Text(where, text);
    }

    private YamlValue items(SequenceNode sequence, Where where) {
        List<YamlValue> values = new ArrayList<>();
        for (Node node : sequence.getValue()) {
            values.add(value(node, where.item(values.size(), lineOf(node))));
        }
        return new YamlValue.Items(where, values);
    }

    private YamlValue fields(MappingNode mapping, Where where) {
        Map<String, YamlValue> values = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            int line = lineOf(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode keyNode)) {
                problems.add(
                        new Where(where, "?", line),
                        Fault.WRONG_TYPE,
                        "a key is a list or a mapping",
                        "write a text (templates in braces need quotes: \"{column}\")");
                continue;
            }
            String key = keyNode.getValue();
            Where at = where.field(key, line);
            if (values.containsKey(key)) {
                problems.add(
                        at,
                        Fault.DUPLICATE_KEY,
                        "the key stands twice",
                        "remove one; the first is in line "
                                + values.get(key).where().line());
                continue;
            }
            values.put(key, value(tuple.getValueNode(), at));
        }
        return new YamlValue.Fields(where, values);
    }

    private static int lineOf(Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
