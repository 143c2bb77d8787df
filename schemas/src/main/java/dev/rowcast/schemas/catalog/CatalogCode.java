package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.Fault;
import dev.rowcast.schemas.yaml.FileCode;

/// What can be wrong with a catalog file. The labels are API: they never change their meaning, and
/// `docs/reference/catalog.md` lists every one. The fault is always the file's, so trying again does not help.
public enum CatalogCode implements FileCode {
    UNREADABLE("the file cannot be read, or is not UTF-8 text"),
    TOO_LARGE("the file is larger than 256 KiB"),
    SYNTAX("the file is not YAML"),
    YAML_FEATURE("anchors, aliases, tags, several documents and deep nesting are refused"),
    UNKNOWN_KEY("a key that nothing reads"),
    DUPLICATE_KEY("the same key twice in one mapping"),
    MISSING_KEY("a required key is not there"),
    WRONG_TYPE("a value of another kind than the key takes"),
    BAD_NAME("a name with characters or a length that it may not have"),
    BAD_VALUE("a value outside what the key takes"),
    BAD_TEMPLATE("a template that cannot be compiled"),
    DUPLICATE_VALUE("the same value twice where each may stand once"),
    UNKNOWN_CHANNEL(
            "a channel type that is not declared, or a channel template that does not start with one and a colon"),
    UNKNOWN_PARENT("a parent table that the catalog does not name"),
    PARENT_MISMATCH("`{parent.…}` without `parent`, or `parent` that no template uses"),
    CONFLICT("keys that exclude each other, or one that needs another");

    private final String meaning;

    CatalogCode(String meaning) {
        this.meaning = meaning;
    }

    static CatalogCode of(Fault fault) {
        return switch (fault) {
            case SIZE -> TOO_LARGE;
            case SYNTAX -> SYNTAX;
            case FEATURE -> YAML_FEATURE;
            case UNKNOWN_KEY -> UNKNOWN_KEY;
            case DUPLICATE_KEY -> DUPLICATE_KEY;
            case MISSING_KEY -> MISSING_KEY;
            case WRONG_TYPE -> WRONG_TYPE;
            case EMPTY -> BAD_VALUE;
        };
    }

    @Override
    public String label() {
        return "CATALOG_" + name();
    }

    /// One phrase that says what is wrong in general; the problem itself says what is wrong here.
    public String meaning() {
        return meaning;
    }
}
