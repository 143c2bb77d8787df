package dev.rowcast.gateway.policy;

/// What can be wrong with a file of policies. The labels are API: they never change their meaning.
public enum PolicyCode {
    /// The file cannot be read, is too large, or is not UTF-8.
    UNREADABLE,
    /// The file is not YAML.
    SYNTAX,
    /// A key that nothing reads.
    UNKNOWN_KEY,
    /// The same key twice in one mapping.
    DUPLICATE_KEY,
    /// A required key is not there.
    MISSING_KEY,
    /// A value that the key does not take.
    BAD_VALUE,
    /// Keys that exclude each other, or one that needs another.
    CONFLICT;

    /// The stable text of the code, for instance `LIMITS_UNKNOWN_KEY`.
    public String label() {
        return "LIMITS_" + name();
    }
}
