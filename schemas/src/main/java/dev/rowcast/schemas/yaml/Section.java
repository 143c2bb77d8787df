package dev.rowcast.schemas.yaml;

import dev.rowcast.schemas.yaml.YamlValue.Where;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One mapping of the file, read key by key. Every method that finds something wrong says so to the [FileProblems] and
/// answers as if the key were not there; [#sound] then tells that what was read is not the whole.
public final class Section {
    /// Short enough for no multiple of it to overflow.
    private static final Pattern WHOLE = Pattern.compile("([0-9]{1,10})()");

    private static final Pattern BYTES = Pattern.compile("([0-9]{1,10})(KiB|MiB|GiB|)");
    private static final Map<String, Integer> SHIFTS = Map.of("KiB", 10, "MiB", 20, "GiB", 30);

    private final Where where;
    private final Map<String, YamlValue> values;
    private final FileProblems problems;
    private boolean sound = true;

    private Section(YamlValue.Fields fields, FileProblems problems) {
        this.where = fields.where();
        this.values = fields.values();
        this.problems = problems;
    }

    /// The mapping, or nothing (and a problem) when the value is something else.
    public static Optional<Section> of(YamlValue value, FileProblems problems) {
        if (value instanceof YamlValue.Fields fields) {
            return Optional.of(new Section(fields, problems));
        }
        wrongType(value, "a mapping, {key: value}", problems);
        return Optional.empty();
    }

    /// Refuses every key but these.
    public Section only(String... known) {
        List<String> keys = List.of(known);
        values.forEach((key, value) -> {
            if (!keys.contains(key)) {
                problems.add(value.where(), Fault.UNKNOWN_KEY, "unknown key", Suggestion.of(key, keys));
            }
        });
        return this;
    }

    /// Where it stands.
    public Where where() {
        return where;
    }

    /// Whether the key is there, whatever its value.
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /// False once a key was missing or its value refused.
    public boolean sound() {
        return sound;
    }

    /// Every value of a mapping whose keys are the user's own.
    public Map<String, YamlValue> values() {
        return values;
    }

    /// A required key's text as a `T`.
    public <T> Optional<T> required(String key, Function<String, T> make) {
        return requiredValue(key).flatMap(value -> text(value, make));
    }

    /// A text as a `T`, where the key is there.
    public <T> Optional<T> optional(String key, Function<String, T> make) {
        @Nullable YamlValue value = values.get(key);
        return value == null ? Optional.empty() : text(value, make);
    }

    /// A required key's mapping.
    public Optional<Section> requiredSection(String key) {
        return requiredValue(key).flatMap(this::section);
    }

    /// A mapping, where the key is there.
    public Optional<Section> optionalSection(String key) {
        @Nullable YamlValue value = values.get(key);
        return value == null ? Optional.empty() : section(value);
    }

    /// A list of texts as `T`s; empty where the key is not there.
    public <T> List<T> list(String key, Function<String, T> make) {
        @Nullable YamlValue value = values.get(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof YamlValue.Items(Where at, List<YamlValue> items))) {
            wrongType(value, "a list, [first, second]", problems);
            sound = false;
            return List.of();
        }
        if (items.isEmpty()) {
            problems.add(at, Fault.EMPTY, "the list is empty", "add to it, or remove the key");
            sound = false;
        }
        List<T> made = new ArrayList<>();
        for (YamlValue item : items) {
            text(item, make).ifPresent(made::add);
        }
        return made;
    }

    /// A list of texts as `T`s, at least one.
    public <T> List<T> requiredList(String key, Function<String, T> make) {
        return requiredValue(key).isEmpty() ? List.of() : list(key, make);
    }

    /// The same, where one text may stand for a list of it alone.
    public <T> List<T> requiredListOrOne(String key, Function<String, T> make) {
        return requiredValue(key).isEmpty() ? List.of() : listOrOne(key, make);
    }

    /// A list of texts as `T`s, or one text for a list of it alone; empty where the key is not there.
    public <T> List<T> listOrOne(String key, Function<String, T> make) {
        return values.get(key) instanceof YamlValue.Text text
                ? text(text, make).stream().toList()
                : list(key, make);
    }

    /// `true` or `false`; false where the key is not there.
    public boolean flag(String key) {
        @Nullable YamlValue value = values.get(key);
        if (value == null) {
            return false;
        }
        if (value instanceof YamlValue.Literal(Where at, String kind, String text)
                && (text.equals("true") || text.equals("false"))) {
            return text.equals("true");
        }
        wrongType(value, "true or false", problems);
        sound = false;
        return false;
    }

    /// A whole number that is not negative, where the key is there.
    public Optional<Long> number(String key) {
        return quantity(key, WHOLE, "a whole number, such as 10000");
    }

    /// A whole number that is not negative.
    public Optional<Long> requiredNumber(String key) {
        return requiredValue(key).isEmpty() ? Optional.empty() : number(key);
    }

    /// A number of bytes, also with a unit behind it (`8MiB`), where the key is there.
    public Optional<Long> bytes(String key) {
        return quantity(key, BYTES, "a number of bytes, such as 8MiB");
    }

    private Optional<Long> quantity(String key, Pattern form, String wanted) {
        @Nullable YamlValue value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        String text = switch (value) {
            case YamlValue.Literal literal -> literal.text();
            case YamlValue.Text plain -> plain.text();
            default -> "";
        };
        Matcher matcher = form.matcher(text);
        if (matcher.matches()) {
            return Optional.of(Long.parseLong(matcher.group(1)) << SHIFTS.getOrDefault(matcher.group(2), 0));
        }
        wrongType(value, wanted, problems);
        sound = false;
        return Optional.empty();
    }

    private Optional<YamlValue> requiredValue(String key) {
        @Nullable YamlValue value = values.get(key);
        if (value == null) {
            problems.add(where, Fault.MISSING_KEY, "the key " + key + " is missing", "add it");
            sound = false;
        }
        return Optional.ofNullable(value);
    }

    private Optional<Section> section(YamlValue value) {
        Optional<Section> section = of(value, problems);
        sound &= section.isPresent();
        return section;
    }

    private <T> Optional<T> text(YamlValue value, Function<String, T> make) {
        Optional<T> made = Optional.empty();
        if (value instanceof YamlValue.Text(Where at, String text)) {
            made = problems.attempt(at, () -> make.apply(text));
        } else {
            wrongType(value, "a text", problems);
        }
        sound &= made.isPresent();
        return made;
    }

    private static void wrongType(YamlValue value, String wanted, FileProblems problems) {
        String fix = switch (value) {
            case YamlValue.Literal literal
            when wanted.equals("a text") -> "put it in quotes: " + Excerpt.quoted(literal.text());
            case YamlValue.Fields fields
            when wanted.equals("a text") -> "write a text; templates in braces need quotes: \"{column}\"";
            case YamlValue.Nothing nothing -> "give it a value, or remove the key";
            default -> "write " + wanted;
        };
        problems.add(value.where(), Fault.WRONG_TYPE, "expected " + wanted + ", found " + value.describe(), fix);
    }
}
