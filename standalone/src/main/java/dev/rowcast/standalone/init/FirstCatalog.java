package dev.rowcast.standalone.init;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/// A first catalog for a database, and what goes with it.
///
/// @param yaml the catalog file; it is valid
/// @param sql what the database still needs
/// @param tables how many tables are in the catalog
/// @param guesses what was guessed and why, a line each
/// @param leftOut which tables are not in it and why, a line each
public record FirstCatalog(String yaml, String sql, int tables, List<String> guesses, List<String> leftOut) {

    private static final int LONGEST_SOURCE = 55;

    /// Reads the database's tables and guesses.
    ///
    /// @param source the catalog's name of the database
    /// @param schemas to look into; empty for all
    /// @param setup the text of `infra/postgres/setup.sql`
    /// @throws SQLException when the database cannot be asked
    /// @throws IllegalStateException when no table is left to put into a catalog
    public static FirstCatalog guess(DatabaseUrl database, String source, Set<String> schemas, String setup)
            throws SQLException {
        List<FoundTable> tables;
        try (Connection connection =
                DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
            tables = new SchemaReader(connection).read();
        }
        Draft draft = Guess.of(
                source,
                tables.stream()
                        .filter(table -> schemas.isEmpty() || schemas.contains(table.schema()))
                        .toList());
        if (draft.rules().isEmpty()) {
            throw new IllegalStateException("no table of %s can be in a catalog%s [NOTHING_TO_CAPTURE]"
                    .formatted(database, draft.leftOut().isEmpty() ? "" : ": " + String.join("; ", draft.leftOut())));
        }
        String yaml = CatalogText.of(draft);
        Catalog.parse("rowcast.yaml", yaml);
        return new FirstCatalog(
                yaml, SetupText.of(draft, setup), draft.rules().size(), draft.guesses(), draft.leftOut());
    }

    /// A source name made of a database's name.
    public static String sourceOf(String database) {
        String name = database.toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9_]+", "_")
                .replaceFirst("^[^a-z]+", "");
        String bounded = name.length() > LONGEST_SOURCE ? name.substring(0, LONGEST_SOURCE) : name;
        return bounded.isEmpty() ? "app" : bounded;
    }
}
