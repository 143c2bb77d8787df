package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import java.util.regex.Pattern;

/// The kinds of names a catalog holds, and what each may look like. All are bounded, so that slot, publication and
/// topic names built from them stay within the limits of Postgres (63 bytes) and Kafka (249 characters).
enum Names {
    /// Becomes part of the slot's name, which Postgres allows only lower case letters, digits and underscores.
    SOURCE("source name", "[a-z][a-z0-9_]{0,54}", "use lower case letters, digits and _, at most 55"),
    TENANT("tenant", "[A-Za-z0-9][A-Za-z0-9_-]{0,62}", "use letters, digits, _ and -, at most 63"),
    CHANNEL_TYPE("channel type", "[a-z][a-z0-9_-]{0,62}", "use lower case letters, digits, _ and -, at most 63"),
    ENTITY("entity code", "[A-Za-z][A-Za-z0-9_.-]{0,62}", "use letters, digits, _, . and -, at most 63"),
    EVENT("event type", "[A-Za-z][A-Za-z0-9_.-]{0,62}", "use letters, digits, _, . and -, at most 63"),
    /// Taken exactly as Postgres stores it (`pg_class.relname`), so without quotes and with its case.
    IDENTIFIER("Postgres name", "[A-Za-z_][A-Za-z0-9_]{0,62}", "use letters, digits and _, at most 63, without quotes");

    private final String noun;
    private final Pattern pattern;
    private final String fix;

    Names(String noun, String pattern, String fix) {
        this.noun = noun;
        this.pattern = Pattern.compile(pattern);
        this.fix = fix;
    }

    /// The name itself.
    ///
    /// @throws BadValueException when it is not a name of this kind
    String check(String name) {
        if (!pattern.matcher(name).matches()) {
            throw new BadValueException(CatalogCode.BAD_NAME, Excerpt.quoted(name) + " is no " + noun, fix);
        }
        return name;
    }
}
