package dev.rowcast.schemas.catalog;

/// The table whose row a table's rows belong to, so that templates can use its columns: `{parent.vault_id}`.
///
/// @param table the parent's table, which the catalog names too and whose primary key is one column
/// @param by the child's column that holds the parent's primary key
public record Parent(TableName table, String by) {
    /// @throws IllegalArgumentException when `by` is no Postgres name
    public Parent {
        Names.IDENTIFIER.check(by);
    }
}
