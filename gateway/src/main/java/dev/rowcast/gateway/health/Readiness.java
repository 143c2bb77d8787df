package dev.rowcast.gateway.health;

import dev.rowcast.gateway.feed.Feeding;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// Whether clients are best sent to this node. Ready means that the log moves, not that a process runs. A single
/// partition that stands still does so for every node, and there a balancer that sends nobody anywhere would only harm
/// the tenants of the others: that is what [FeedHealth] says to operators.
public final class Readiness {

    private final Feeding feeding;
    private final BooleanSupplier open;
    private final BooleanSupplier keysLoaded;

    /// @param open whether clients are let in; not while the node drains
    /// @param keysLoaded whether every key that was valid at the start is known
    public Readiness(Feeding feeding, BooleanSupplier open, BooleanSupplier keysLoaded) {
        this.feeding = feeding;
        this.open = open;
        this.keysLoaded = keysLoaded;
    }

    /// Each check by name, in the order in which they turn true at a start.
    public Map<String, Boolean> checks() {
        Map<String, Boolean> checks = new LinkedHashMap<>();
        checks.put("open", open.getAsBoolean());
        checks.put("keys", keysLoaded.getAsBoolean());
        checks.put("home", feeding.hasHome());
        checks.put("attached", feeding.isAttached());
        checks.put("progress", feeding.isProgressing());
        return checks;
    }

    public boolean isReady() {
        return !checks().containsValue(false);
    }

    /// Whether starting the process anew would not help.
    public boolean isAlive() {
        return feeding.isAlive();
    }
}
