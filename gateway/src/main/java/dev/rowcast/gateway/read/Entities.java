package dev.rowcast.gateway.read;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheConfig;
import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.told.Told;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.Parent;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.key.KeyText;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Rows of the catalog's entities, for whoever may be told of them. Whether somebody may have a channel is
/// decided first; what is in it is the same for all who may, and can be cached. Methods block: call them on a
/// virtual thread.
public final class Entities implements AutoCloseable {

    private final Catalog catalog;
    private final Database database;
    private final Shapes shapes;
    private final Sight sight;
    private final Reads reads;
    private final Memberships memberships;
    private final CursorSeal seal;
    private final Told told;

    /// @param cursorSecret the same for every gateway
    /// @param cache empty to keep nothing, so that the database is asked each time, once for all who ask meanwhile
    /// @param told what clients of this node know already, so that no answer is older
    /// @param meters where the pool of connections is counted, as `hikaricp.connections`
    public Entities(
            Catalog catalog,
            DatabaseUrl url,
            String cursorSecret,
            Optional<Cache> cache,
            Told told,
            MeterRegistry meters) {
        this.catalog = catalog;
        this.database = new Database(url, meters);
        this.shapes = new Shapes(database, System::nanoTime);
        this.sight = new Sight(catalog);
        this.reads = new Reads(
                database,
                cache.orElseGet(() -> new Cache(Optional.empty(), Optional.empty(), CacheConfig.DEFAULTS, meters)));
        this.memberships = new Memberships(catalog, shapes, reads);
        this.seal = new CursorSeal(cursorSecret);
        this.told = told;
    }

    /// A part of an entity's rows, as the JSON text of the answer. A channel that somebody may not have looks
    /// as if nothing were in it.
    ///
    /// @param channel only the rows of this channel
    /// @throws BadRequestException when there is nothing like that to read
    Answer list(Asked asked, String code, Optional<String> channel, Slice slice) throws SQLException {
        Entity entity = entity(code);
        return channel.isPresent()
                ? listOfChannel(asked, entity, channel.get(), slice)
                : listOfAll(asked, entity, slice);
    }

    /// One row as JSON text; empty when there is none that the identity may see.
    ///
    /// @param id as in messages: the key's columns, see [KeyText]
    Optional<Answer> find(Asked asked, String code, String id) throws SQLException {
        Entity entity = entity(code);
        Identity identity = asked.identity();
        if (sight.rows(identity, entity).isEmpty()) {
            throw absent(code);
        }
        Where wanted = entity.of(identity.tenant()).and(entity.withIds(List.of(id)));
        String sql = Bounded.query(
                entity.json(), entity.channels(), "from %s where %s".formatted(entity.from(), wanted.sql()), "");
        Answer answer = reads.read(
                identity.tenant(),
                RowSecurity.of(catalog, identity, entity.tables()),
                Coverage.ofRow(entity, keyOf(entity, id)),
                List.of(
                        "row",
                        code,
                        String.join(",", entity.columns()),
                        entity.channels().toString(),
                        id),
                asked.having(told.ofRow(identity.tenant(), code, id, entity.types())),
                transaction -> transaction.run(sql, wanted.values()).stream()
                        .findFirst()
                        .map(Found::of)
                        .orElse(Found.NOTHING)
                        .text());
        Found found = Found.parse(new String(answer.body(), StandardCharsets.UTF_8));
        return seesAny(asked, found.channels())
                ? Optional.of(
                        new Answer(found.row().getBytes(StandardCharsets.UTF_8), answer.status(), answer.detail()))
                : Optional.empty();
    }

    /// The row by which caches are watched.
    public CanaryRow canary() {
        return new CanaryRow(database);
    }

    /// Asks the database for nothing, as any read would.
    ///
    /// @throws SQLException when it does not answer, or is not asked at present
    public void ping() throws SQLException {
        database.read(transaction -> transaction.run("select '1'", List.of()));
    }

    /// Open while the database is not asked; for health.
    public CircuitBreaker breaker() {
        return database.breaker();
    }

    @Override
    public void close() {
        database.close();
    }

    private Answer listOfChannel(Asked asked, Entity entity, String channel, Slice slice) throws SQLException {
        List<Link> links = entity.links(channel);
        Where rows =
                Where.any(links.stream().map(link -> entity.in(link, channel)).toList());
        boolean seen = sees(asked, channel);
        Listing listing = listing(asked, entity, channel, seen ? rows : Where.NONE);
        List<String> name =
                List.of("list", entity.code(), String.join(",", entity.columns()), rows.sql(), channel, slice.text());
        // What nobody may see is the same for nobody: it needs no place in the cache.
        Optional<String> tag = seen ? Coverage.ofChannel(entity, links, channel) : Optional.empty();
        TenantId tenant = asked.identity().tenant();
        Asked news = asked.having(told.inChannel(tenant, entity.code(), channel));
        Optional<RowSecurity> security = RowSecurity.of(catalog, asked.identity(), entity.tables());
        return reads.read(tenant, security, tag, name, news, transaction -> listing.answer(transaction, slice));
    }

    /// A credential that names channels is good for these alone, and so for nothing where none is asked for.
    private Answer listOfAll(Asked asked, Entity entity, Slice slice) throws SQLException {
        Where rows = sight.rows(asked.identity(), entity).orElseThrow(() -> absent(entity.code()));
        Listing listing = listing(asked, entity, "", asked.identity().reach().isAll() ? rows : Where.NONE);
        List<TableName> tables = new ArrayList<>(entity.tables());
        tables.addAll(sight.members(entity));
        return reads.read(
                asked.identity().tenant(),
                RowSecurity.of(catalog, asked.identity(), tables),
                Optional.empty(),
                List.of(),
                asked,
                transaction -> listing.answer(transaction, slice));
    }

    private Listing listing(Asked asked, Entity entity, String channel, Where rows) {
        Where ofTenant = entity.of(asked.identity().tenant()).and(rows);
        return new Listing(entity, asked.identity().tenant(), entity.code() + "\n" + channel, ofTenant, seal);
    }

    private boolean seesAny(Asked asked, List<String> channels) throws SQLException {
        if (!asked.identity().reach().isAll()) {
            return false; // see Reach: by its id a row is for those alone whose credential is good for everything
        }
        for (String channel : channels) {
            if (sees(asked, channel)) {
                return true;
            }
        }
        return false;
    }

    private boolean sees(Asked asked, String channel) throws SQLException {
        return switch (sight.of(asked.identity(), channel)) {
            case Sight.Verdict.Open open -> true;
            case Sight.Verdict.Closed closed -> false;
            case Sight.Verdict.IfMember(var members, String id) ->
                memberships.has(asked.having(told.ofChannel(asked.identity().tenant(), channel)), members, id);
        };
    }

    private static Map<String, String> keyOf(Entity entity, String id) {
        List<String> columns = entity.shape().key();
        List<String> values = columns.size() == 1 ? List.of(id) : KeyText.split(id);
        Map<String, String> key = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            key.put(columns.get(i), values.get(i));
        }
        return key;
    }

    private Entity entity(String code) throws SQLException {
        TableRule rule = catalog.entity(code).orElseThrow(() -> absent(code));
        TableShape shape = shapes.of(rule.table());
        Optional<Parent> parent = rule.parent().filter(link -> Entity.readsParent(rule));
        Optional<TableShape> above =
                parent.isPresent() ? Optional.of(shapes.of(parent.get().table())) : Optional.empty();
        return new Entity(code, rule, catalog.tenancy(), shape, above);
    }

    private static BadRequestException absent(String code) {
        return new BadRequestException(
                ErrorCode.NOT_FOUND, "There is no '%s' that you may read.".formatted(Shown.of(code)));
    }
}
