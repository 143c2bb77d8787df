package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.schemas.yaml.BadValueException;
import java.util.HashSet;
import java.util.List;

/// Tenants that are too much for one partition, and by what their rows are spread over several.
///
/// @param channel the type of the channels by which rows are spread: the root
/// @param shards into how many parts each tenant is split, [#FEWEST] to the partitions of `rowcast.changes`
/// @param tenants each once, 1 to [#MOST_TENANTS]; all others stay in one partition
public record ShardBy(String channel, int shards, List<String> tenants) {

    public static final int FEWEST = 2;
    public static final int MOST_TENANTS = 100;

    /// Each shard of a tenant is in another partition.
    public static final int MOST = Topics.CHANGES.partitions();

    /// @throws IllegalArgumentException when a name is refused, a tenant stands twice, or a number is out of bounds
    public ShardBy {
        Names.CHANNEL_TYPE.check(channel);
        tenants = List.copyOf(tenants);
        tenants.forEach(Names.TENANT::check);
        if (shards < FEWEST || shards > MOST) {
            throw new BadValueException(
                    CatalogCode.BAD_VALUE,
                    "shards is " + shards,
                    "write a number from %d to %d; each shard is in another partition of rowcast.changes"
                            .formatted(FEWEST, MOST));
        }
        if (tenants.isEmpty() || tenants.size() > MOST_TENANTS) {
            throw new BadValueException(
                    CatalogCode.BAD_VALUE, tenants.size() + " tenants are split", "name 1 to " + MOST_TENANTS);
        }
        if (new HashSet<>(tenants).size() < tenants.size()) {
            throw new BadValueException(CatalogCode.DUPLICATE_VALUE, "a tenant stands twice", "remove one of them");
        }
    }
}
