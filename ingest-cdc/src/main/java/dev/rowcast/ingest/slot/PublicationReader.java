package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.catalog.DatabaseShape.Publication;
import dev.rowcast.schemas.catalog.DatabaseShape.Sent;
import dev.rowcast.schemas.catalog.DatabaseShape.Table;
import dev.rowcast.schemas.catalog.TableName;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads what a publication sends.
final class PublicationReader {

    /// Column lists, row filters and publications of whole schemas came with it.
    private static final int WITH_LISTS = 15;

    private static final List<String> OPERATIONS = List.of("insert", "update", "delete", "truncate");

    private final Connection connection;
    private final Map<TableName, Table> tables;

    /// @param tables of the database
    PublicationReader(Connection connection, Map<TableName, Table> tables) {
        this.connection = connection;
        this.tables = tables;
    }

    Optional<Publication> read(String name) throws SQLException {
        String whole = withLists()
                ? "puballtables or exists (select from pg_publication_namespace where pnpubid = p.oid)"
                : "puballtables";
        String sql = "select pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot, " + whole
                + " from pg_publication p where pubname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Set<String> unsent = new LinkedHashSet<>();
                for (int i = 0; i < OPERATIONS.size(); i++) {
                    if (!row.getBoolean(i + 1)) {
                        unsent.add(OPERATIONS.get(i));
                    }
                }
                return Optional.of(new Publication(sent(name), !row.getBoolean(6), unsent, row.getBoolean(5)));
            }
        }
    }

    private Map<TableName, Sent> sent(String publication) throws SQLException {
        Map<TableName, Sent> sent = new HashMap<>();
        String lists = withLists() ? "attnames::text[], rowfilter" : "null::text[], null";
        String sql = "select schemaname, tablename, " + lists + " from pg_publication_tables where pubname = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Optional<TableName> name = ShapeReader.name(row.getString(1), row.getString(2));
                    if (name.isPresent()) {
                        sent.put(
                                name.get(),
                                new Sent(columns(name.get(), row.getArray(3)), Optional.ofNullable(row.getString(4))));
                    }
                }
            }
        }
        return sent;
    }

    private Set<String> columns(TableName name, Array listed) throws SQLException {
        if (listed != null) {
            return Set.of(ShapeReader.strings(listed));
        }
        Table table = tables.get(name);
        return table == null ? Set.of() : table.columns().keySet();
    }

    private boolean withLists() throws SQLException {
        return connection.getMetaData().getDatabaseMajorVersion() >= WITH_LISTS;
    }
}
