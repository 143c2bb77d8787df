package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Text with columns in it, compiled once: `vault:{id}`, `vault:{parent.vault_id}`, `vault:{vault_id}:sources`.
/// `{name}` is a column of the row, `{parent.name}` a column of the row's parent. Values are put in as they stand.
///
/// @param parts at least one, in the order of the text
public record Template(List<Part> parts) {
    /// The most characters a template may have.
    public static final int MAX_LENGTH = 256;

    private static final String PARENT_PREFIX = "parent.";

    /// A piece of a template.
    public sealed interface Part {
        /// Text that stands for itself.
        record Text(String text) implements Part {
            /// @throws IllegalArgumentException when the text is empty or holds spaces, control characters or braces
            public Text {
                boolean plain = text.codePoints()
                        .noneMatch(c -> c == '{' || c == '}' || Character.isWhitespace(c) || Character.isISOControl(c));
                if (text.isEmpty() || !plain) {
                    throw new BadValueException(
                            CatalogCode.BAD_TEMPLATE,
                            Excerpt.quoted(text) + " holds a space, a control character or a brace",
                            "remove it; columns are written {name}");
                }
            }
        }

        /// A column of the row.
        record Column(String name) implements Part {
            /// @throws IllegalArgumentException when the name is no Postgres name
            public Column {
                Names.IDENTIFIER.check(name);
            }
        }

        /// A column of the row's parent.
        record ParentColumn(String name) implements Part {
            /// @throws IllegalArgumentException when the name is no Postgres name
            public ParentColumn {
                Names.IDENTIFIER.check(name);
            }
        }
    }

    /// @throws IllegalArgumentException when there is no part
    public Template {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new BadValueException(
                    CatalogCode.BAD_TEMPLATE, "the template is empty", "write text, columns as {name}, or both");
        }
    }

    /// Compiles a template.
    ///
    /// @throws IllegalArgumentException when braces do not match, a column is no Postgres name, or the text
    ///     is empty, too long or holds spaces or control characters
    public static Template of(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new BadValueException(
                    CatalogCode.BAD_TEMPLATE,
                    Excerpt.quoted(text) + " has " + text.length() + " characters",
                    "use at most " + MAX_LENGTH);
        }
        List<Part> parts = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('{', at);
            int textEnd = open < 0 ? text.length() : open;
            if (textEnd > at) {
                parts.add(new Part.Text(text.substring(at, textEnd)));
            }
            if (open < 0) {
                break;
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                throw new BadValueException(
                        CatalogCode.BAD_TEMPLATE,
                        Excerpt.quoted(text) + " opens a brace that nothing closes",
                        "write columns as {name}");
            }
            parts.add(placeholder(text.substring(open + 1, close)));
            at = close + 1;
        }
        return new Template(parts);
    }

    /// The text for a row, or nothing when a column that the template names is absent or null. `{parent.…}` counts as
    /// absent: a template that has any is rendered with [#render(Function, Function)].
    public Optional<String> render(Function<String, Optional<String>> column) {
        return render(column, parentColumn -> Optional.empty());
    }

    /// The text for a row and its parent, or nothing when a column that the template names is absent or null.
    ///
    /// @param column value of a column of the row
    /// @param parentColumn value of a column of the parent, named without `parent.`
    public Optional<String> render(
            Function<String, Optional<String>> column, Function<String, Optional<String>> parentColumn) {
        StringBuilder rendered = new StringBuilder();
        for (Part part : parts) {
            Optional<String> value = switch (part) {
                case Part.Text(String text) -> Optional.of(text);
                case Part.Column(String name) -> column.apply(name);
                case Part.ParentColumn(String name) -> parentColumn.apply(name);
            };
            if (value.isEmpty()) {
                return Optional.empty();
            }
            rendered.append(value.get());
        }
        return Optional.of(rendered.toString());
    }

    /// The type of the channels that it makes: the text before the first colon. Empty when it does not begin with
    /// such a text.
    public Optional<String> channelType() {
        return parts.getFirst() instanceof Part.Text(String text) && text.contains(":")
                ? Optional.of(text.substring(0, text.indexOf(':')))
                : Optional.empty();
    }

    /// The row's columns that the template names, in order.
    public Set<String> columns() {
        Set<String> names = new LinkedHashSet<>();
        for (Part part : parts) {
            if (part instanceof Part.Column(String name)) {
                names.add(name);
            }
        }
        return names;
    }

    /// The parent's columns that the template names, in order, without `parent.`.
    public Set<String> parentColumns() {
        Set<String> names = new LinkedHashSet<>();
        for (Part part : parts) {
            if (part instanceof Part.ParentColumn(String name)) {
                names.add(name);
            }
        }
        return names;
    }

    /// The template as it was written.
    @Override
    public String toString() {
        return parts.stream()
                .map(part -> switch (part) {
                    case Part.Text(String text) -> text;
                    case Part.Column(String name) -> "{" + name + "}";
                    case Part.ParentColumn(String name) -> "{" + PARENT_PREFIX + name + "}";
                })
                .collect(Collectors.joining());
    }

    private static Part placeholder(String name) {
        try {
            return name.startsWith(PARENT_PREFIX)
                    ? new Part.ParentColumn(name.substring(PARENT_PREFIX.length()))
                    : new Part.Column(name);
        } catch (BadValueException e) {
            throw new BadValueException(
                    CatalogCode.BAD_TEMPLATE,
                    Excerpt.quoted("{" + name + "}") + " is no column",
                    "write {name} for a column of the row, {parent.name} for one of its parent");
        }
    }
}
