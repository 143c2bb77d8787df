package dev.rowcast.ingest.kill;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// The tables that a round writes to.
final class Tables {

    static final String NOTES = "public.notes";
    static final String TAGS = "public.tags";
    static final String HEARTBEAT = "rowcast.heartbeat";
    static final String TENANT = "site_id";
    static final List<String> TENANTS = List.of("demo", "other", "third", "fourth");

    /// With a raw topic.
    static final Set<String> CAPTURED = Set.of(NOTES, TAGS, HEARTBEAT);

    /// Also in `rowcast.changes`.
    static final Set<String> ROUTED = Set.of(NOTES, TAGS);

    /// `scratch` is in no publication.
    static final String SQL = """
            create table notes (id bigint primary key, site_id text not null, body text);
            create table tags (id bigint, site_id text not null, name text, primary key (id, site_id));
            create table scratch (id bigint);
            alter table notes replica identity full;
            alter table tags replica identity full;
            alter table notes alter body set storage external;
            """;

    static final String CATALOG = """
            source: %s
            tenancy: {column: site_id}
            channels:
              site: {access: tenant}
            tables:
              public.notes: {entity: note, channels: ["site:{site_id}"], deliver: [id, body]}
              public.tags: {entity: tag, channels: ["site:{site_id}"], deliver: [name]}
            events:
              note.said: {channels: [site]}
            """;

    private Tables() {}

    /// The key as `RowChange` writes it; empty for an image that is not there.
    static String key(String table, Map<String, String> row) {
        if (row.isEmpty()) {
            return "";
        }
        return table.equals(TAGS) ? row.get("id") + "," + row.get(TENANT) : String.valueOf(row.get("id"));
    }

    /// The one column whose value is compared; empty for an image that is not there, and for a heartbeat.
    static String text(String table, Map<String, String> row) {
        return switch (table) {
            case NOTES -> row.getOrDefault("body", "");
            case TAGS -> row.getOrDefault("name", "");
            default -> "";
        };
    }
}
