package dev.rowcast.schemas.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What [CatalogCheck] wants to know of a database. Reading it is the caller's business: nothing here connects.
///
/// @param tables at least [Catalog#publishedTables] as far as they exist; every further table makes suggestions
/// better
/// @param publication the tables of the catalog's publication; nothing where there is no such publication
/// @param walLevel what `show wal_level` answers
public record DatabaseShape(Map<TableName, Table> tables, Optional<Set<TableName>> publication, String walLevel) {

    public DatabaseShape {
        tables = Map.copyOf(tables);
        publication = publication.map(Set::copyOf);
    }

    /// A table.
    ///
    /// @param columns by name, in the table's order
    /// @param primaryKey its columns in the key's order; empty where there is no primary key
    public record Table(Map<String, Column> columns, List<String> primaryKey, ReplicaIdentity replicaIdentity) {
        public Table {
            columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
            primaryKey = List.copyOf(primaryKey);
        }
    }

    /// A column.
    ///
    /// @param type as `format_type` writes it: `bigint`, `character varying(20)`, `text[]`
    public record Column(String type, boolean nullable) {}

    /// Which columns of the old row the write-ahead log holds for updates and deletes (`pg_class.relreplident`).
    public sealed interface ReplicaIdentity {
        /// The primary key.
        record Default() implements ReplicaIdentity {}

        /// Every column.
        record Full() implements ReplicaIdentity {}

        /// The columns of a unique index.
        record Index(Set<String> columns) implements ReplicaIdentity {
            public Index {
                columns = Set.copyOf(columns);
            }
        }

        /// None. Postgres then refuses updates and deletes of a published table.
        record Nothing() implements ReplicaIdentity {}
    }
}
