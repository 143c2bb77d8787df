package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.tenant.TenantId;
import java.util.HashMap;
import java.util.Map;

/// How far a connection has been told what came for it alone: what it missed, or what another node, which was further,
/// told it before. As long as its event loop is not there, the loop's cursors are behind the connection's own, and a
/// client that went on from one of them would be told things twice. Confined to the loop.
final class Ahead {

    /// By part of the tenant; nearly always empty.
    private Map<TenantId, Long> offsets = Map.of();

    /// The connection has everything of the part up to here.
    void reached(TenantId part, long offset) {
        Map<TenantId, Long> known = new HashMap<>(offsets);
        known.merge(part, offset, Math::max);
        offsets = known;
    }

    /// Positions of before do not compare any more.
    void beginAnew() {
        offsets = Map.of();
    }

    /// Whether the connection is nowhere further than the loop, but for one part, and there not beyond this.
    boolean isAtMost(TenantId part, long offset, Standing standing) {
        return isOver(standing)
                || offsets.entrySet().stream()
                        .allMatch(each -> each.getKey().equals(part) && each.getValue() <= offset);
    }

    /// Whether the loop is where the connection is, so that its cursors are good for it.
    boolean isOver(Standing standing) {
        if (!offsets.isEmpty()) {
            Map<TenantId, Long> left = new HashMap<>(offsets);
            left.entrySet().removeIf(each -> {
                Progress here = standing.of(each.getKey());
                return here != null && here.offset() >= each.getValue();
            });
            offsets = left.isEmpty() ? Map.of() : left;
        }
        return offsets.isEmpty();
    }
}
