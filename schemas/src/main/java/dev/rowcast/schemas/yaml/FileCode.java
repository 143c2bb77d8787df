package dev.rowcast.schemas.yaml;

/// What can be wrong with one kind of file. Each kind has its own.
public interface FileCode {

    /// The stable text of the code, for instance `CATALOG_UNKNOWN_KEY`; it never changes its meaning.
    String label();
}
