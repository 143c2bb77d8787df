package dev.rowcast.gateway.policy;

import dev.rowcast.schemas.yaml.Fault;
import dev.rowcast.schemas.yaml.FileCode;

/// What can be wrong with a file of policies. The labels are API: they never change their meaning.
public enum PolicyCode implements FileCode {
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

    static PolicyCode of(Fault fault) {
        return switch (fault) {
            case SIZE -> UNREADABLE;
            case SYNTAX, FEATURE -> SYNTAX;
            case UNKNOWN_KEY -> UNKNOWN_KEY;
            case DUPLICATE_KEY -> DUPLICATE_KEY;
            case MISSING_KEY -> MISSING_KEY;
            case WRONG_TYPE, EMPTY -> BAD_VALUE;
        };
    }

    @Override
    public String label() {
        return "LIMITS_" + name();
    }
}
