package dev.rowcast.schemas.yaml;

/// What can be wrong with a file whatever it is about. Each kind of file has codes of its own for these.
public enum Fault {
    /// It is too large.
    SIZE,
    /// It is not YAML.
    SYNTAX,
    /// Anchors, aliases, tags, several documents, deep nesting.
    FEATURE,
    /// A key that nothing reads.
    UNKNOWN_KEY,
    /// The same key twice in one mapping.
    DUPLICATE_KEY,
    /// A required key is not there.
    MISSING_KEY,
    /// A value of another kind than the key takes.
    WRONG_TYPE,
    /// An empty list.
    EMPTY
}
