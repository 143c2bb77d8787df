package dev.rowcast.gateway.read;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.Members;
import dev.rowcast.schemas.catalog.Parent;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.protocol.ErrorCode;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Rows of the catalog's entities, for whoever may be told of them. Methods block: call them on a virtual
/// thread.
public final class Entities implements AutoCloseable {

    private final Catalog catalog;
    private final Database database;
    private final Shapes shapes = new Shapes(System::nanoTime);
    private final Sight sight;
    private final Memberships memberships;
    private final CursorSeal seal;

    /// @param cursorSecret the same for every gateway
    /// @param meters where the pool of connections is counted, as `hikaricp.connections`
    public Entities(Catalog catalog, DatabaseUrl url, String cursorSecret, MeterRegistry meters) {
        this.catalog = catalog;
        this.database = new Database(url, meters);
        this.sight = new Sight(catalog);
        this.memberships = new Memberships(catalog.tenancy(), shapes);
        this.seal = new CursorSeal(cursorSecret);
    }

    /// A part of an entity's rows, as the JSON text of the answer. A channel that somebody may not have looks
    /// as if nothing were in it.
    ///
    /// @param channel only the rows of this channel
    /// @throws BadRequestException when there is nothing like that to read
    String list(Identity identity, String code, Optional<String> channel, Slice slice) throws SQLException {
        TableRule rule = rule(code);
        return database.read(transaction -> {
            Entity entity = entity(transaction, code, rule);
            Where rows = channel.isPresent()
                    ? inChannel(transaction, identity, entity, channel.get())
                    : inAny(identity, entity);
            Where ofTenant = entity.of(identity.tenant()).and(rows);
            return new Listing(entity, identity.tenant(), code + "\n" + channel.orElse(""), ofTenant, seal)
                    .answer(transaction, slice);
        });
    }

    /// One row as JSON text; empty when there is none that the identity may see.
    ///
    /// @param id as in messages: the key's columns, see [dev.rowcast.schemas.key.KeyText]
    Optional<String> find(Identity identity, String code, String id) throws SQLException {
        TableRule rule = rule(code);
        return database.read(transaction -> {
            Entity entity = entity(transaction, code, rule);
            Where wanted =
                    entity.of(identity.tenant()).and(inAny(identity, entity)).and(entity.withIds(List.of(id)));
            String sql = "select %s from %s where %s".formatted(entity.json(), entity.from(), wanted.sql());
            return transaction.run(sql, wanted.values()).stream()
                    .map(Row::first)
                    .findFirst();
        });
    }

    @Override
    public void close() {
        database.close();
    }

    private Where inChannel(Transaction transaction, Identity identity, Entity entity, String channel)
            throws SQLException {
        List<Link> links = entity.links(channel);
        boolean seen = switch (sight.of(identity, channel)) {
            case Sight.Verdict.Open open -> true;
            case Sight.Verdict.Closed closed -> false;
            case Sight.Verdict.IfMember(Members members, String id) ->
                memberships.has(transaction, identity, members, id);
        };
        return seen
                ? Where.any(links.stream().map(link -> entity.in(link, channel)).toList())
                : Where.NONE;
    }

    /// A credential that names channels is good for these alone, and so for nothing where none is asked for.
    private Where inAny(Identity identity, Entity entity) {
        Where rows = sight.rows(identity, entity).orElseThrow(() -> absent(entity.code()));
        return identity.reach().isAll() ? rows : Where.NONE;
    }

    private Entity entity(Transaction transaction, String code, TableRule rule) throws SQLException {
        TableShape shape = shapes.of(transaction, rule.table());
        Optional<Parent> parent = rule.parent().filter(link -> Entity.readsParent(rule));
        Optional<TableShape> above = parent.isPresent()
                ? Optional.of(shapes.of(transaction, parent.get().table()))
                : Optional.empty();
        return new Entity(code, rule, catalog.tenancy(), shape, above);
    }

    private TableRule rule(String code) {
        return catalog.entity(code).orElseThrow(() -> absent(code));
    }

    private static BadRequestException absent(String code) {
        return new BadRequestException(
                ErrorCode.NOT_FOUND, "There is no '%s' that you may read.".formatted(Shown.of(code)));
    }
}
