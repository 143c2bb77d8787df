package dev.rowcast.ingest.route;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.TableRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A catalog of the columns alone that Rowcast itself reads: those that say who is told of a row, what is evicted
/// with it, who is a member and what its children read of it.
public final class WithoutDelivered {

    private WithoutDelivered() {}

    public static Catalog of(Catalog catalog) {
        Map<TableName, TableRule> rules = new LinkedHashMap<>();
        catalog.tables()
                .forEach((name, rule) -> rules.put(
                        name,
                        new TableRule(
                                name,
                                rule.entity(),
                                rule.channels(),
                                rule.parent(),
                                List.of(),
                                rule.evict(),
                                rule.event(),
                                rule.insertOnly(),
                                rule.shard(),
                                rule.reads())));
        return new Catalog(
                catalog.source(),
                catalog.tenancy(),
                catalog.channels(),
                rules,
                catalog.events(),
                catalog.journal(),
                catalog.highVolume(),
                catalog.shardBy());
    }
}
