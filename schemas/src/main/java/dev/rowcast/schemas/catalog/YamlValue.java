package dev.rowcast.schemas.catalog;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A value of the file with the place where it stands: what is left of YAML once [YamlReader] has refused the rest.
sealed interface YamlValue {

    Where where();

    /// What the value is, for people: `the text "abc"`, `a list`.
    String describe();

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

    /// The place of a value: the keys that lead to it and the line, from 1. The path becomes text only when a problem
    /// is reported, since a file may hold very many values under a very long key.
    record Where(@Nullable Where parent, String key, int line) {
        static final Where TOP = new Where(null, "", 1);

        Where field(String name, int atLine) {
            return new Where(this, Excerpt.of(name), atLine);
        }

        Where item(int index, int atLine) {
            return new Where(this, "[" + index + "]", atLine);
        }

        /// For instance `tables.public.sources.channels[0]`; empty at the top.
        String path() {
            if (parent == null) {
                return "";
            }
            String above = parent.path();
            return above.isEmpty() || key.startsWith("[") ? above + key : above + "." + key;
        }
    }
}
