package dev.rowcast.gateway.limit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// What every asker has used of one quota, on this node. Fails open: at most [#MOST_ASKERS] are remembered, and of more
/// the one that was not seen for longest is forgotten, with what it has used.
///
/// Safe for use by several threads; a short lock for each of some groups of askers.
public final class Quotas {

    /// Remembered at once, some 200 bytes each.
    public static final int MOST_ASKERS = 64 << 10;

    private static final int GROUPS = 16;

    private final Quota quota;
    private final LongSupplier nanos;
    private final List<Map<String, Usage>> groups = new ArrayList<>();

    /// @param nanos a clock that only goes forward
    public Quotas(Quota quota, LongSupplier nanos) {
        this.quota = quota;
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
        Map<String, Usage> group = groups.get(Math.floorMod(asker.hashCode(), GROUPS));
        synchronized (group) {
            long now = nanos.getAsLong();
            return group.computeIfAbsent(asker, unseen -> new Usage(quota, now)).judge(quota, now, count);
        }
    }

    private record Usage(Bucket bucket, SlidingWindow window) {

        Usage(Quota quota, long now) {
            this(new Bucket(quota.burst(), quota.refillPerSecond(), now), new SlidingWindow(quota.window(), now));
        }

        Verdict judge(Quota quota, long now, boolean count) {
            boolean allowed = bucket.has(now) && window.count(now) < quota.requests();
            if (allowed && count) {
                bucket.take(now);
                window.add(now);
            }
            int remaining = Math.max(0, Math.min(bucket.whole(now), quota.requests() - window.count(now)));
            var wait = window.untilBelow(quota.requests(), now);
            var next = bucket.untilNext(now);
            return new Verdict(
                    allowed,
                    quota,
                    remaining,
                    window.untilNext(now),
                    allowed ? Duration.ZERO : wait.compareTo(next) > 0 ? wait : next);
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
