package dev.rowcast.embedded.registry;

/// One version of a subject.
///
/// @param id global: the same schema text has the same id under every subject
/// @param schema the text as Avro prints it
/// @param deleted softly: still found by its id, no longer listed
record SchemaVersion(String subject, int version, int id, String schema, boolean deleted) {
    SchemaVersion asDeleted() {
        return new SchemaVersion(subject, version, id, schema, true);
    }
}
