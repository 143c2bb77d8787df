package dev.rowcast.schemas.yaml;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A value of a file with the place where it stands: what is left of YAML once the rest was refused.
public sealed interface YamlValue {

    /// The file's value; nothing when the file is empty, or so wrong that nothing else can be said about it.
    ///
    /// @param mostBytes how large it may be
    /// @param problems takes what is wrong with it
    static Optional<YamlValue> read(String text, int mostBytes, FileProblems problems) {
        return new YamlReader(problems, mostBytes).read(text);
    }

    Where where();

    /// What the value is, for people: `the text "abc"`, `a list`.
    String describe();

    /// The place that a path of keys leads to, or as far towards it as the file goes.
    ///
    /// @param path keys of mappings, and `[0]` for the first item of a list
    default Where find(List<String> path) {
        YamlValue at = this;
        for (String key : path) {
            YamlValue next = switch (at) {
                case Fields fields -> fields.values().get(key);
                case Items items -> items.values().get(Integer.parseInt(key.substring(1, key.length() - 1)));
                default -> null;
            };
            if (next == null) {
                break;
            }
            at = next;
        }
        return at.where();
    }

    /// A text, quoted or plain.
    record Text(Where where, String text) implements YamlValue {
        @Override
        public String describe() {
            return "the text " + Excerpt.quoted(text);
        }
    }

    /// What YAML takes for something else than a text when it is not in quotes: `true`, `42`, `no`.
    record Literal(Where where, String kind, String text) implements YamlValue {
        @Override
        public String describe() {
            return "the " + kind + " " + Excerpt.of(text);
        }
    }

    /// Nothing, or `null`, or `~`.
    record Nothing(Where where) implements YamlValue {
        @Override
        public String describe() {
            return "nothing";
        }
    }

    record Items(Where where, List<YamlValue> values) implements YamlValue {
        @Override
        public String describe() {
            return "a list";
        }
    }

    /// @param values in the order of the file
    record Fields(Where where, Map<String, YamlValue> values) implements YamlValue {
        @Override
        public String describe() {
            return "a mapping";
        }
    }

    /// The place of a value: the keys that lead to it and the line, from 1, or 0 for the file as a whole. The path
    /// becomes text only when a problem is reported, since a file may hold very many values under a very long key.
    record Where(@Nullable Where parent, String key, int line) {
        /// The file's first value.
        public static final Where TOP = new Where(null, "", 1);

        /// The file as a whole.
        public static final Where FILE = new Where(null, "", 0);

        Where field(String name, int atLine) {
            return new Where(this, Excerpt.of(name), atLine);
        }

        Where item(int index, int atLine) {
            return new Where(this, "[" + index + "]", atLine);
        }

        /// For instance `tables.public.sources.channels[0]`; empty at the top.
        public String path() {
            if (parent == null) {
                return "";
            }
            String above = parent.path();
            return above.isEmpty() || key.startsWith("[") ? above + key : above + "." + key;
        }
    }
}
