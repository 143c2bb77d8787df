package dev.rowcast.gateway.read;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.Freshness;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.gateway.told.Told;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The read API without its HTTP, on a database of its own with two tenants of the same ids.
final class Shelf implements AutoCloseable {

    static final String CATALOG = """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: members, members: {table: public.members, channel: vault_id, principal: user_id}}
              shelf: {access: tenant}
              window: {access: public}
            tables:
              public.vaults: {entity: vault, channels: ["vault:{id}"], deliver: [title]}
              public.sources:
                entity: source
                channels: ["vault:{vault_id}", "shelf:{shelf}"]
                deliver: [title, rank]
              public.notes:
                entity: note
                parent: {table: public.sources, by: source_id}
                channels: ["vault:{parent.vault_id}"]
                deliver: [source_id, body]
              public.pairs: {entity: pair, channels: ["shelf:{one}"], deliver: [label]}
              public.posters: {entity: poster, channels: ["window:{id}"], deliver: [label]}
              public.drafts: {entity: draft, evict: ["draft:{id}"]}
            """;

    private static final String TABLES = """
            create table vaults (id bigint, site_id text, title text, primary key (id, site_id));
            create table members (site_id text, vault_id bigint, user_id text, primary key (site_id, vault_id, user_id));
            create table sources (id bigint primary key, site_id text, vault_id bigint, shelf text, title text,
              rank int, secret text default 'hidden');
            create table notes (id bigint primary key, site_id text, source_id bigint, body text);
            create table pairs (one text, two text, site_id text, label text, primary key (one, two));
            create table posters (id uuid primary key, site_id text, label jsonb);
            create table drafts (id bigint primary key, site_id text);
            create table annotations (id bigint primary key, site_id text, source_id bigint, body text);
            create table tasks (id bigint primary key, site_id text, assignee text, reviewer text);
            """;

    final Postgres.Database database;
    final Told told;
    final Entities entities;

    Shelf(Postgres postgres, String catalog) throws Exception {
        this(postgres, catalog, Optional.empty());
    }

    Shelf(Postgres postgres, String catalog, Optional<Cache> cache) throws Exception {
        database = postgres.freshDatabase();
        sql(TABLES);
        told = new Told(Placement.of(Catalog.parse("test.yaml", catalog)), System::nanoTime);
        entities = entities(catalog, url(database), cache);
    }

    /// @param url of the role that reads
    Shelf(Postgres.Database database, String catalog, Optional<Cache> cache, DatabaseUrl url) throws Exception {
        this.database = database;
        sql(TABLES);
        told = new Told(Placement.of(Catalog.parse("test.yaml", catalog)), System::nanoTime);
        entities = entities(catalog, url, cache);
    }

    /// The same database by another catalog.
    Entities entities(String catalog, Cache cache) throws Exception {
        return entities(catalog, url(database), Optional.of(cache));
    }

    private Entities entities(String catalog, DatabaseUrl url, Optional<Cache> cache) throws Exception {
        return new Entities(
                Catalog.parse("test.yaml", catalog),
                url,
                "a cursor secret for tests",
                cache,
                told,
                new SimpleMeterRegistry());
    }

    static DatabaseUrl url(Postgres.Database database) {
        return new DatabaseUrl(
                database.host(), database.port(), database.name(), database.user(), database.password(), "");
    }

    void sql(String sql) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Clients are told of a change of a row in a channel.
    void tell(String tenant, String entity, String channel, long xid) {
        Frame frame = new Frame(List.of(channel), List.of(), entity, List.of(), 1L, 1L, xid, 1L, 1L, "{}", null);
        told.of(new Delivery("node", tenant, 1L, 0, 1L, 1L, new Frames(null, null, List.of(frame))));
    }

    /// Clients are told that they listen to a channel.
    void subscribed(String tenant, String channel) {
        Target target = new Target(TargetKind.CHANNEL, channel, "");
        told.of(new Delivery("node", tenant, 1L, 0, 1L, 1L, new Subscribed(1L, "cursor", List.of(target), List.of())));
    }

    /// A user is told that it may not have a channel any more.
    void revoked(String tenant, String user, String channel) {
        var principal = new dev.rowcast.schemas.avro.Principal(user, PrincipalKind.USER);
        Target target = new Target(TargetKind.CHANNEL, channel, "");
        told.of(new Delivery("node", tenant, 1L, 0, 1L, 1L, new Revoked(principal, List.of(target))));
    }

    static Identity user(String tenant, String id) {
        return new Identity(new TenantId(tenant), new Principal(Principal.Kind.USER, id), Optional.empty());
    }

    static Identity anonymous(String tenant) {
        return new Identity(new TenantId(tenant), Principal.ANONYMOUS, Optional.empty());
    }

    /// Changes something.
    ///
    /// @return the transaction
    long change(String sql) throws SQLException {
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute(sql);
            try (var result = statement.executeQuery("select pg_current_xact_id()::text")) {
                result.next();
                long xid = Long.parseLong(result.getString(1));
                connection.commit();
                return xid;
            }
        }
    }

    /// @param query such as `channel=vault:1&limit=2`
    String list(Identity identity, String code, String query) throws SQLException {
        Map<String, List<String>> parameters = new TreeMap<>();
        for (String pair : query.isEmpty() ? new String[0] : query.split("&")) {
            parameters.put(pair.replaceFirst("=.*", ""), List.of(pair.replaceFirst("[^=]*=", "")));
        }
        Parameters checked = new Parameters(parameters, List.copyOf(parameters.keySet()));
        return text(entities.list(asked(identity), code, checked.text("channel"), Slice.of(checked)));
    }

    @Override
    public void close() {
        entities.close();
    }

    /// A row, or `nothing`.
    String find(Identity identity, String code, String id) throws SQLException {
        return entities.find(asked(identity), code, id).map(Shelf::text).orElse("nothing");
    }

    static Asked asked(Identity identity) {
        return new Asked(identity, Freshness.DEFAULT, Optional.empty());
    }

    static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
