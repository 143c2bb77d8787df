package dev.rowcast.schemas.catalog;

/// How a database can fail to fit a catalog. The names are API: they never change their meaning, and
/// `docs/reference/catalog.md` lists every one.
public enum DatabaseCode {
    WAL_LEVEL("the server does not write what logical decoding needs"),
    PUBLICATION_MISSING("the publication does not exist"),
    TABLE_NOT_PUBLISHED("a table is not in the publication, so its changes would never arrive"),
    TABLE_NOT_IN_CATALOG("the publication holds a table that the catalog does not name"),
    PUBLICATION_OPERATIONS("the publication leaves out inserts, updates, deletes or truncations"),
    COLUMN_NOT_PUBLISHED("the publication leaves out a column that the catalog names"),
    ROWS_FILTERED("the publication has a row filter, so some rows would never arrive"),
    PARTITIONS_APART("rows of a partitioned table would arrive under the names of its partitions"),
    TABLE_MISSING("a table does not exist"),
    COLUMN_MISSING("a table does not have a column that the catalog names"),
    COLUMN_TYPE("a column that templates or memberships read is of a type that has no plain text"),
    TENANCY_NULLABLE("the tenancy column admits null, and a row without a tenant reaches nobody"),
    PRIMARY_KEY_MISSING("a table has no primary key, so its rows cannot be told apart"),
    PARENT_KEY("the primary key of a parent table is more than one column, and `by` holds one"),
    REPLICA_IDENTITY("the old row in the log lacks columns that decide who is told of a change");

    private final String meaning;

    DatabaseCode(String meaning) {
        this.meaning = meaning;
    }

    /// One phrase that says what is wrong in general; the problem itself says what is wrong here.
    public String meaning() {
        return meaning;
    }
}
