package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Start;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// What clients were told that they may resume from, on whatever node.
final class Cursors {

    private static final int KEPT = 300;

    private final Map<String, List<Start>> byTenant = new HashMap<>();

    /// @param tenant empty for a node's own position, from which everybody may start
    void add(String tenant, Start start) {
        List<Start> some = byTenant.computeIfAbsent(tenant, unseen -> new ArrayList<>());
        some.add(start);
        if (some.size() > KEPT) {
            some.removeFirst();
        }
    }

    /// One of the tenant's, often a late one.
    Start any(String tenant, Random random) {
        List<Start> some = byTenant.getOrDefault(random.nextInt(3) == 0 ? "" : tenant, List.of());
        List<Start> positions = byTenant.getOrDefault("", List.of());
        List<Start> from = some.isEmpty() ? positions : some;
        return from.get(from.size() - 1 - random.nextInt(1 + random.nextInt(from.size())));
    }
}
