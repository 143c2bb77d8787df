package dev.rowcast.cache.shared;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What a piece of the log makes stale, as the script takes it.
///
/// @param keys values and leases of each tag
/// @param arguments of each tag its field and transaction, then of each tenant its field, transaction and offset
record Batch(List<byte[]> keys, List<byte[]> arguments) {

    static Batch of(KeyNames names, int partition, List<Stale> stale) {
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> tags = new ArrayList<>();
        List<byte[]> tenants = new ArrayList<>();
        for (Stale each : stale) {
            switch (each) {
                case Stale.Tag(var tenant, var tag, var xid) -> {
                    keys.add(names.values(partition, tenant, tag));
                    keys.add(names.leases(partition, tenant, tag));
                    tags.add(text(KeyNames.tagField(tenant, tag)));
                    tags.add(text(Long.toString(xid)));
                }
                case Stale.Everything(var tenant, var xid, var offset) -> {
                    tenants.add(text(tenant.map(KeyNames::tenantField).orElse(KeyNames.ALL)));
                    tenants.add(text(Long.toString(xid)));
                    tenants.add(text(Long.toString(offset)));
                }
            }
        }
        tags.addAll(tenants);
        return new Batch(keys, tags);
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
