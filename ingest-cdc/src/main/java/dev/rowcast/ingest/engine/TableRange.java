package dev.rowcast.ingest.engine;

import java.util.List;

/// Which rows of a table to read.
public sealed interface TableRange {

    /// Those behind one key, up to another.
    ///
    /// @param after empty for the beginning
    /// @param until included
    record Between(List<String> after, List<String> until) implements TableRange {}

    /// Those with one of the keys.
    ///
    /// @param keys at least one
    record Of(List<List<String>> keys) implements TableRange {}
}
