package dev.rowcast.schemas.filter;

/// What a filter says of a row.
public enum Verdict {
    /// The row passes.
    PASSES,
    /// The row does not pass.
    FAILS,
    /// It depends on a column whose value is not there.
    UNDECIDED
}
