package dev.rowcast.schemas.catalog;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What [CatalogCheck] wants to know of a database. Reading it is the caller's business: nothing here connects.
///
/// @param tables at least [Catalog#publishedTables] as far as they exist; every further table makes suggestions
/// better
/// @param publication the catalog's publication; nothing where there is none of that name
/// @param walLevel what `show wal_level` answers
public record DatabaseShape(Map<TableName, Table> tables, Optional<Publication> publication, String walLevel) {

    public DatabaseShape {
        tables = Map.copyOf(tables);
    }

    /// A table.
    ///
    /// @param columns by name, in the table's order
    /// @param primaryKey its columns in the key's order; empty where there is no primary key
    /// @param partitioning whether its rows are in other tables, or it holds rows of another
    public record Table(
            Map<String, Column> columns,
            List<String> primaryKey,
            ReplicaIdentity replicaIdentity,
            Partitioning partitioning) {
        public Table {
            columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
            primaryKey = List.copyOf(primaryKey);
        }
    }

    /// Where the rows of a table are.
    public sealed interface Partitioning {
        /// In the table itself.
        record None() implements Partitioning {}

        /// In partitions. What the log holds of an old row is decided by the partition that holds it.
        ///
        /// @param leaves those that hold rows, at any depth, with their replica identities
        record Root(Map<TableName, ReplicaIdentity> leaves) implements Partitioning {
            public Root {
                leaves = Collections.unmodifiableMap(new TreeMap<>(leaves));
            }
        }

        /// In the table, which is a partition of another.
        ///
        /// @param root the topmost one
        record Partition(TableName root) implements Partitioning {}
    }

    /// What the publication sends.
    ///
    /// @param tables under which names rows arrive
    /// @param named whether it names its tables one by one, and not all tables or whole schemas
    /// @param unsent the operations that it leaves out, as `publish` names them
    /// @param viaRoot whether rows of partitions arrive under the name of the partitioned table
    public record Publication(Map<TableName, Sent> tables, boolean named, Set<String> unsent, boolean viaRoot) {
        public Publication {
            tables = Map.copyOf(tables);
            unsent = Collections.unmodifiableSet(new LinkedHashSet<>(unsent));
        }
    }

    /// What a publication sends of a table.
    ///
    /// @param columns the columns that it sends
    /// @param filter the condition that rows must meet, where there is one
    public record Sent(Set<String> columns, Optional<String> filter) {
        public Sent {
            columns = Set.copyOf(columns);
        }
    }

    /// A column.
    ///
    /// @param type as `format_type` writes it: `bigint`, `character varying(20)`, `text[]`
    /// @param generated whether the database computes it from others, which publications leave out by default
    public record Column(String type, boolean nullable, boolean generated) {}

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
