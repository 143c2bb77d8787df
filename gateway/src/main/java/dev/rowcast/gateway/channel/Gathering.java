package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One answer for a request that went to several parts of a tenant: when all have answered. What one of them refuses
/// is refused, because who has only some parts of a target would miss the others in silence. Confined to the event
/// loop.
final class Gathering implements Answers {

    private final Answers asker;
    private final Set<Target> accepted = new LinkedHashSet<>();
    private final Set<Target> rejected = new LinkedHashSet<>();
    private final Map<Reset.Reason, Set<Target>> told = new EnumMap<>(Reset.Reason.class);
    private int waiting;

    /// @param parts how many are asked
    Gathering(int parts, Answers asker) {
        this.waiting = parts;
        this.asker = asker;
    }

    /// Nobody waits for it any more.
    void giveUp() {
        waiting = 0;
    }

    @Override
    public void subscribed(Optional<String> cursor, Collection<Target> some, Collection<Target> refused) {
        accepted.addAll(some);
        rejected.addAll(refused);
        if (waiting > 0 && --waiting == 0) {
            accepted.removeAll(rejected);
            asker.subscribed(cursor, List.copyOf(accepted), List.copyOf(rejected));
        }
    }

    /// Once for each target and reason, whatever the number of parts that say so.
    @Override
    public void reset(Reset.Reason reason, Collection<Target> targets) {
        Set<Target> known = told.computeIfAbsent(reason, unseen -> new LinkedHashSet<>());
        List<Target> news = targets.stream().filter(known::add).toList();
        if (waiting > 0 && !news.isEmpty()) {
            asker.reset(reason, news);
        }
    }

    @Override
    public void expired() {
        if (waiting > 0) {
            waiting = 0;
            asker.expired();
        }
    }
}
