package dev.rowcast.gateway.channel;

import dev.rowcast.gateway.limit.Flow;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/// When the connections of one event loop are written to. What they are told is put together in the order
/// of the log, which costs little; writing it costs much more and goes by haste, and round the tenants.
/// Confined to the loop.
final class Outbox {

    /// What a write costs beside its bytes, in bytes that cost the same.
    static final long WRITE = 2 << 10;

    private final Flow flow;
    private final Map<Haste, Lanes<TenantId>> lanes = new EnumMap<>(Haste.class);
    private int full;

    Outbox(Flow flow) {
        this.flow = flow;
        for (Haste haste : Haste.values()) {
            lanes.put(haste, new Lanes<>(flow.turnBytes()));
        }
    }

    Flow flow() {
        return flow;
    }

    void add(Haste haste, TenantId tenant, Lanes.Work work) {
        lanes(haste).add(tenant, work);
    }

    /// Whether connections may be told more before they are written to. Nobody's piece becomes much longer
    /// than [Flow#turnBytes()], because it is a loop that is slow then and not a client.
    boolean hasRoom() {
        return full == 0;
    }

    /// @param difference in connections that have about as much to be written as is written in one piece
    void filled(int difference) {
        full += difference;
    }

    boolean isEmpty() {
        return lanes.values().stream().allMatch(Lanes::isEmpty);
    }

    /// Writes what cannot wait.
    void writeControl() {
        Lanes<TenantId> control = lanes(Haste.CONTROL);
        while (!control.isEmpty()) {
            control.turn();
        }
    }

    /// Writes for about this long: what is in haste first, but of everything something.
    void write(long nanos) {
        long begin = System.nanoTime();
        long share = nanos / Haste.values().length;
        for (Haste haste : Haste.values()) {
            Lanes<TenantId> some = lanes(haste);
            // What the more hasty left is for the others too.
            long until = share * (haste.ordinal() + 1);
            while (!some.isEmpty()) {
                some.turn();
                if (System.nanoTime() - begin >= until) {
                    break;
                }
            }
        }
    }

    private Lanes<TenantId> lanes(Haste haste) {
        return Objects.requireNonNull(lanes.get(haste));
    }
}
