package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import java.util.Comparator;

/// A table as Postgres stores its name: case counts, and there are no quotes.
public record TableName(String schema, String name) implements Comparable<TableName> {
    private static final Comparator<TableName> ORDER =
            Comparator.comparing(TableName::schema).thenComparing(TableName::name);

    /// @throws IllegalArgumentException when either part is no Postgres name of at most 63 letters, digits and `_`
    public TableName {
        Names.IDENTIFIER.check(schema);
        Names.IDENTIFIER.check(name);
    }

    /// Reads `schema.table`.
    ///
    /// @throws IllegalArgumentException when the text is not two Postgres names with one dot between them
    public static TableName parse(String text) {
        int dot = text.indexOf('.');
        if (dot < 0) {
            throw new BadValueException(
                    CatalogCode.BAD_NAME,
                    Excerpt.quoted(text) + " has no schema",
                    "write schema.table, for instance public." + Excerpt.of(text));
        }
        return new TableName(text.substring(0, dot), text.substring(dot + 1));
    }

    /// The name for a SQL statement, quoted where Postgres demands it: `public.sources`, `public."Order"`.
    public String toSql() {
        return SqlIdentifiers.quote(schema) + "." + SqlIdentifiers.quote(name);
    }

    @Override
    public int compareTo(TableName other) {
        return ORDER.compare(this, other);
    }

    /// `schema.table`, as in the catalog and in topic names.
    @Override
    public String toString() {
        return schema + "." + name;
    }
}
