package dev.rowcast.ingest.route;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.RowPlace;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.Template;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/// In which shards of its tenant a row is told, and in which it must be known beside that.
final class RowShards {

    private final Placement placement;
    private final Map<TableName, RowPlace> places = new HashMap<>();

    RowShards(Catalog catalog, Placement placement) {
        this.placement = placement;
        for (TableName table : catalog.capturedTables()) {
            places.put(table, catalog.place(table));
        }
    }

    /// The key of the shard where the row is told.
    ///
    /// @param older holds the values that did not change and were not sent
    /// @return empty when the image does not say
    Optional<TenantId> told(TenantId tenant, TableName table, @Nullable Struct image, @Nullable Struct older) {
        if (!placement.isSplit(tenant)) {
            return Optional.of(tenant);
        }
        return switch (place(table)) {
            case RowPlace.First first -> Optional.of(tenant);
            case RowPlace.Everywhere everywhere -> Optional.of(tenant);
            case RowPlace.OfColumn(String name) ->
                says(image, name)
                        ? Optional.of(value(image, older, name)
                                .map(id -> placement.keyOfRoot(tenant, id))
                                .orElse(tenant))
                        : Optional.empty();
            case RowPlace.OfChannel(Template template) ->
                template.columns().stream().allMatch(name -> says(image, name))
                        ? Optional.of(template.render(name -> value(image, older, name))
                                .map(channel ->
                                        placement.keysOfChannel(tenant, channel).getFirst())
                                .orElse(tenant))
                        : Optional.empty();
        };
    }

    /// The keys of the shards that must know of the row what it is told nowhere but in the first one.
    List<TenantId> copies(TenantId tenant, TableName table) {
        List<TenantId> keys = placement.keys(tenant);
        return place(table) instanceof RowPlace.Everywhere ? keys.subList(1, keys.size()) : List.of();
    }

    private RowPlace place(TableName table) {
        return places.getOrDefault(table, new RowPlace.First());
    }

    private static boolean says(@Nullable Struct image, String column) {
        return image != null && image.schema().field(column) != null;
    }

    private static Optional<String> value(@Nullable Struct image, @Nullable Struct older, String column) {
        return image != null && Unavailable.is(image.get(column))
                ? Router.text(older, column)
                : Router.text(image, column);
    }
}
