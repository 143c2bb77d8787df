package dev.rowcast.ingest.quarantine;

/// Why a table is in quarantine. The names are API; `docs/concepts/ingest.md` lists every one.
public enum QuarantineCode {
    COLUMN_GONE("its rows lack a column that the catalog names", true),
    KEY_GONE("its rows have no primary key", true),
    SCHEMA_REFUSED("the schema registry refuses the new shape of its rows", true),
    CATALOG_MISMATCH("the database no longer fits the catalog there", false);

    private final String meaning;
    private final boolean fromRows;

    QuarantineCode(String meaning, boolean fromRows) {
        this.meaning = meaning;
        this.fromRows = fromRows;
    }

    /// One phrase that says what is wrong in general.
    public String meaning() {
        return meaning;
    }

    /// Whether it is a row that shows it, and another row that shows its end; otherwise the database does.
    boolean isFromRows() {
        return fromRows;
    }
}
