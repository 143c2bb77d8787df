package dev.rowcast.schemas.shard;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.RowPlace;
import dev.rowcast.schemas.catalog.ShardBy;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/// Where tenants are. A tenant that the catalog splits is in several shards, each with a key and a partition of its
/// own; what is in one partition has one order. Every other tenant is one shard, whose key is the tenant.
///
/// The first shard has the plain tenant as its key, shard 3 of `acme` has `acme/3`. Shard *i* is *i* partitions behind
/// the tenant's own, so no two shards of a tenant share one. A root channel is in the shard of its id's hash (Kafka's
/// murmur2 of the UTF-8 text, made positive, modulo the number of shards).
///
/// Instances are immutable.
public final class Placement {

    private static final String MARK = "/";

    private final Catalog catalog;
    private final int partitions;
    private final Set<String> tenants;
    private final String root;
    private final int shards;
    private final String identity;
    private final Set<String> spreadTypes = new HashSet<>();

    private Placement(Catalog catalog, int partitions) {
        this.catalog = catalog;
        this.partitions = partitions;
        Optional<ShardBy> split = catalog.shardBy();
        this.tenants = split.map(by -> Set.copyOf(by.tenants())).orElse(Set.of());
        this.root = split.map(ShardBy::channel).orElse("");
        this.shards = split.map(ShardBy::shards).orElse(1);
        this.identity = split.map(by -> identity(catalog, by)).orElse("");
        for (TableRule rule : catalog.tables().values()) {
            if (isPlaced(rule.table())) {
                rule.channels().forEach(template -> template.channelType().ifPresent(spreadTypes::add));
            }
        }
        catalog.events().values().stream()
                .filter(event -> event.channels().contains(root))
                .forEach(event -> spreadTypes.addAll(event.channels()));
    }

    /// Of the catalog's tenants in Rowcast's own topics.
    public static Placement of(Catalog catalog) {
        return of(catalog, Topics.CHANGES.partitions());
    }

    /// @param partitions how many `rowcast.changes` really has
    /// @throws IllegalArgumentException when there are fewer partitions than shards
    public static Placement of(Catalog catalog, int partitions) {
        catalog.shardBy().filter(by -> by.shards() > partitions).ifPresent(by -> {
            throw new IllegalArgumentException(
                    "tenancy.shard-by.shards is %d, and %s has %d partitions; lower it, or make the topic anew"
                            .formatted(by.shards(), Topics.CHANGES.name(), partitions));
        });
        return new Placement(catalog, partitions);
    }

    public boolean isSplit(TenantId tenant) {
        return tenants.contains(tenant.value());
    }

    /// Whether the name belongs to the shards of another tenant, so that nobody may have it.
    public boolean isReserved(TenantId tenant) {
        int mark = tenant.value().indexOf(MARK);
        return mark > 0 && tenants.contains(tenant.value().substring(0, mark));
    }

    /// The keys of a tenant's shards, the first one's first.
    public List<TenantId> keys(TenantId tenant) {
        return isSplit(tenant)
                ? IntStream.range(0, shards)
                        .mapToObj(shard -> key(tenant, shard))
                        .toList()
                : List.of(tenant);
    }

    /// The tenant whose shard has this key.
    public TenantId tenant(TenantId key) {
        return isReserved(key)
                ? new TenantId(key.value().substring(0, key.value().indexOf(MARK)))
                : key;
    }

    /// The partition of `rowcast.changes` and `rowcast.commands` that records with this key are in.
    public int partition(TenantId key) {
        TenantId tenant = tenant(key);
        int own = Partitions.of(tenant.value(), partitions);
        return tenant.equals(key) ? own : (own + number(key)) % partitions;
    }

    /// The shard of a root channel.
    ///
    /// @param id what follows the channel's type and colon
    public TenantId keyOfRoot(TenantId tenant, String id) {
        return isSplit(tenant) ? key(tenant, Partitions.of(id, shards)) : tenant;
    }

    /// The shards in which a channel is told something, the first shard's first: one of a root channel, which is whole
    /// there.
    ///
    /// @param channel such as `vault:42`
    public List<TenantId> keysOfChannel(TenantId tenant, String channel) {
        String type = head(channel);
        if (!isSplit(tenant)) {
            return List.of(tenant);
        }
        if (isRoot(channel)) {
            return List.of(keyOfRoot(tenant, channel.substring(type.length() + 1)));
        }
        return spreadTypes.contains(type) ? keys(tenant) : List.of(tenant);
    }

    /// The shards in which an entity is told something, the first shard's first.
    ///
    /// @param entity such as `source:77`
    public List<TenantId> keysOfEntity(TenantId tenant, String entity) {
        boolean spread = isSplit(tenant)
                && catalog.entity(head(entity))
                        .map(TableRule::table)
                        .filter(this::isPlaced)
                        .isPresent();
        return spread ? keys(tenant) : List.of(tenant);
    }

    /// The shards of an event that addresses these channels: those of its root channels, or the first one.
    public List<TenantId> keysOfEvent(TenantId tenant, List<String> channels) {
        List<TenantId> keys = channels.stream()
                .filter(this::isRoot)
                .flatMap(channel -> keysOfChannel(tenant, channel).stream())
                .distinct()
                .toList();
        return keys.isEmpty() ? List.of(tenant) : keys;
    }

    /// Whether a tenant is split by channels of this one's type.
    public boolean isRoot(String channel) {
        return !root.isEmpty() && head(channel).equals(root);
    }

    /// Whether this shard is where the channel is told. Any is, unless the channel is a root channel.
    ///
    /// @param key of a shard
    public boolean holds(TenantId key, String channel) {
        return !isRoot(channel)
                || keysOfChannel(tenant(key), channel).getFirst().equals(key);
    }

    /// For whom cursors of the tenant's clients are signed: a cursor from before the tenant was split, or was split
    /// otherwise, is none.
    public TenantId cursorOwner(TenantId tenant) {
        if (!isSplit(tenant)) {
            return tenant;
        }
        CRC32 sum = new CRC32();
        sum.update(identity.getBytes(StandardCharsets.UTF_8));
        return new TenantId(tenant.value() + MARK + "cursor-%08x".formatted(sum.getValue()));
    }

    /// All that the places of rows depend on, as text: another text means that rows are in other places. Empty when no
    /// tenant is split.
    public String identity() {
        return identity;
    }

    /// The tenants that a placement with this [#identity] split.
    public static List<TenantId> splitTenants(String identity) {
        return identity.isEmpty()
                ? List.of()
                : Stream.of(identity.split(" ", 4)[2].split(","))
                        .map(TenantId::new)
                        .toList();
    }

    private boolean isPlaced(TableName table) {
        return switch (catalog.place(table)) {
            case RowPlace.OfChannel channel -> true;
            case RowPlace.OfColumn column -> true;
            case RowPlace.First first -> false;
            case RowPlace.Everywhere everywhere -> false;
        };
    }

    private static String identity(Catalog catalog, ShardBy by) {
        StringBuilder text = new StringBuilder("%s %d %s "
                .formatted(
                        by.channel(),
                        by.shards(),
                        String.join(",", by.tenants().stream().sorted().toList())));
        catalog.capturedTables().stream()
                .sorted((one, other) -> one.toString().compareTo(other.toString()))
                .forEach(table -> {
                    switch (catalog.place(table)) {
                        case RowPlace.First first -> {}
                        case RowPlace.OfChannel(var template) ->
                            text.append(table).append('=').append(template).append(';');
                        case RowPlace.OfColumn(String name) ->
                            text.append(table).append('=').append(name).append(';');
                        case RowPlace.Everywhere everywhere ->
                            text.append(table).append("=*;");
                    }
                });
        return text.toString();
    }

    private static TenantId key(TenantId tenant, int shard) {
        return shard == 0 ? tenant : new TenantId(tenant.value() + MARK + shard);
    }

    private static int number(TenantId key) {
        try {
            return Integer.parseInt(key.value().substring(key.value().indexOf(MARK) + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"%s\" is no shard".formatted(key), e);
        }
    }

    private static String head(String name) {
        int colon = name.indexOf(':');
        return colon < 0 ? "" : name.substring(0, colon);
    }
}
