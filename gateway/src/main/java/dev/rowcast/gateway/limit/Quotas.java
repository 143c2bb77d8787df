package dev.rowcast.gateway.limit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// What every asker has used of one rule, on this node. Fails open: at most [#MOST_ASKERS] are remembered, and of more
/// the one that was not seen for longest is forgotten, with what it has used.
///
/// Safe for use by several threads; a short lock for each of some groups of askers.
public final class Quotas {

    /// Remembered at once, some 200 bytes each.
    public static final int MOST_ASKERS = 64 << 10;

    private static final int GROUPS = 16;

    private final Rule rule;
    private final LongSupplier nanos;
    private final List<Map<String, Usage>> groups = new ArrayList<>();

    /// @param nanos a clock that only goes forward
    public Quotas(Rule rule, LongSupplier nanos) {
        this.rule = rule;
        this.nanos = nanos;
        for (int i = 0; i < GROUPS; i++) {
            groups.add(new Remembered());
        }
    }

    /// Asks for one request more, and counts it when it is allowed.
    ///
    /// @param asker whose quota it is
    public Verdict ask(String asker) {
        return judge(asker, true);
    }

    /// What [#ask(String)] would say, without counting.
    public Verdict look(String asker) {
        return judge(asker, false);
    }

    /// Remembers what somebody said who counts for all nodes: nothing is let in for so long, here neither.
    public void refuse(String asker, Duration wait) {
        Map<String, Usage> group = group(asker);
        synchronized (group) {
            long now = nanos.getAsLong();
            Usage usage = group.computeIfAbsent(asker, unseen -> new Usage(rule, now));
            usage.refused = true;
            usage.untilNanos = now + wait.toNanos();
        }
    }

    /// What is known by [#refuse(String, Duration)]; empty when that is over, or there was nothing.
    public Optional<Verdict> refused(String asker) {
        Map<String, Usage> group = group(asker);
        synchronized (group) {
            Usage usage = group.get(asker);
            return usage == null ? Optional.empty() : usage.refused(rule, nanos.getAsLong());
        }
    }

    /// How many are remembered now.
    int askers() {
        return groups.stream()
                .mapToInt(group -> {
                    synchronized (group) {
                        return group.size();
                    }
                })
                .sum();
    }

    private Verdict judge(String asker, boolean count) {
        Map<String, Usage> group = group(asker);
        synchronized (group) {
            long now = nanos.getAsLong();
            Usage usage = group.computeIfAbsent(asker, unseen -> new Usage(rule, now));
            return usage.refused(rule, now).orElseGet(() -> usage.tally.judge(now, count));
        }
    }

    private Map<String, Usage> group(String asker) {
        return groups.get(Math.floorMod(asker.hashCode(), GROUPS));
    }

    private static final class Usage {
        final Rule.Tally tally;
        boolean refused;
        long untilNanos;

        Usage(Rule rule, long now) {
            this.tally = rule.begin(now);
        }

        Optional<Verdict> refused(Rule rule, long now) {
            refused &= untilNanos - now > 0;
            return refused ? Optional.of(Verdict.over(rule, Duration.ofNanos(untilNanos - now))) : Optional.empty();
        }
    }

    private static final class Remembered extends LinkedHashMap<String, Usage> {
        private static final long serialVersionUID = 1L;
        private static final float LOAD = 0.75f;

        Remembered() {
            super(16, LOAD, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Usage> eldest) {
            return size() > MOST_ASKERS / GROUPS;
        }
    }
}
