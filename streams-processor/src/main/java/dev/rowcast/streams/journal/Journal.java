package dev.rowcast.streams.journal;

import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The newest changes of one partition, found by what they concern. It knows from where on it has all of them, so an
/// answer is either complete or refused.
///
/// A ring on the heap: the tail of the log, which itself is the durable journal. For one thread.
public final class Journal {

    private record Key(TenantId tenant, String target) {}

    /// Stands for every target: no channel and no entity has an empty name.
    private static final String EVERYTHING = "";

    private final Optional<JournalLimits> limits;
    private final Deque<LoggedChange> ring = new ArrayDeque<>();
    private final Map<Key, Timeline> byTarget = new HashMap<>();
    private long floor;
    private long newest;
    private long bytes;
    private long touched;

    /// @param position everything after this offset is yet to come
    public Journal(JournalLimits limits, long position) {
        this(Optional.of(limits), position);
    }

    private Journal(Optional<JournalLimits> limits, long position) {
        this.limits = limits;
        this.floor = position;
        this.newest = position;
    }

    /// One that forgets nothing: whoever fills it knows where to end.
    ///
    /// @param position everything after this offset is yet to come
    public static Journal unlimited(long position) {
        return new Journal(Optional.empty(), position);
    }

    /// Adds the partition's next change.
    public void append(LoggedChange change) {
        advance(change.offset());
        if (change.routed() instanceof Routed.Silent) {
            return;
        }
        ring.addLast(change);
        bytes += change.bytes();
        keys(change)
                .forEach(key ->
                        byTarget.computeIfAbsent(key, unseen -> new Timeline()).add(change));
        limits.ifPresent(bounds -> keepTo(bounds, change.capturedUs()));
    }

    private void keepTo(JournalLimits bounds, long nowUs) {
        long tooOldUs = nowUs - TimeUnit.MILLISECONDS.toMicros(bounds.age().toMillis());
        while (ring.size() > bounds.changes()
                || bytes > bounds.bytes()
                || (!ring.isEmpty() && ring.getFirst().capturedUs() < tooOldUs)) {
            dropOldest();
        }
    }

    /// Takes note of a record that is of no interest to anybody who resumes. One at or before what is known means
    /// that the input is read again from there, and so does the journal begin again.
    public void advance(long offset) {
        if (offset <= newest) {
            clear(offset - 1);
        }
        newest = offset;
    }

    /// How many changes it has.
    public int size() {
        return ring.size();
    }

    /// Their size in the log.
    public long bytes() {
        return bytes;
    }

    /// Forgets everything: what comes after this offset is another incarnation's.
    public void clear(long offset) {
        ring.clear();
        byTarget.clear();
        bytes = 0;
        floor = offset;
        newest = offset;
    }

    /// It has every change after this offset, as far as the partition was read.
    public long floor() {
        return floor;
    }

    /// Whether it has every change after this offset.
    public boolean reaches(long offset) {
        return offset >= floor;
    }

    /// The next changes that concern any of the targets, in order, with the cuts of the tenant. What it costs grows
    /// with what it finds, and not with what the journal holds.
    ///
    /// @param after offset, exclusive
    /// @param until offset, inclusive
    /// @param targets channels and entities
    /// @param most how many at most
    public List<LoggedChange> between(long after, long until, TenantId tenant, Collection<String> targets, int most) {
        PriorityQueue<Place> places = new PriorityQueue<>(Comparator.comparingLong(Place::offset));
        place(after, new Key(tenant, EVERYTHING)).ifPresent(places::add);
        for (String target : targets) {
            place(after, new Key(tenant, target)).ifPresent(places::add);
        }
        List<LoggedChange> found = new ArrayList<>();
        while (!places.isEmpty() && places.peek().offset() <= until && found.size() < most) {
            Place place = places.remove();
            touched++;
            if (found.isEmpty() || found.getLast().offset() != place.offset()) {
                found.add(place.change());
            }
            if (place.index() + 1 < place.timeline().end()) {
                places.add(new Place(place.timeline(), place.index() + 1));
            }
        }
        return found;
    }

    /// How many entries were looked at so far.
    public long touched() {
        return touched;
    }

    /// Where the search in one target's changes is.
    private record Place(Timeline timeline, int index) {
        LoggedChange change() {
            return timeline.get(index);
        }

        long offset() {
            return change().offset();
        }
    }

    private Optional<Place> place(long after, Key key) {
        Timeline timeline = byTarget.get(key);
        if (timeline == null) {
            return Optional.empty();
        }
        int index = timeline.after(after);
        return index < timeline.end() ? Optional.of(new Place(timeline, index)) : Optional.empty();
    }

    private void dropOldest() {
        LoggedChange oldest = ring.removeFirst();
        bytes -= oldest.bytes();
        floor = oldest.offset();
        keys(oldest)
                .forEach(key -> byTarget.computeIfPresent(key, (same, changes) -> {
                    changes.removeFirst();
                    return changes.isEmpty() ? null : changes;
                }));
    }

    private static Collection<Key> keys(LoggedChange change) {
        List<Routed> parts = change.routed().parts();
        // One part names nothing twice.
        Collection<Key> keys = parts.size() == 1 ? new ArrayList<>(2) : new HashSet<>();
        for (Routed part : parts) {
            switch (part) {
                case Routed.Silent silent -> {}
                case Routed.Several several -> {}
                case Routed.Cut cut -> keys.add(new Key(change.tenant(), EVERYTHING));
                case Routed.Told told -> {
                    Set<String> channels = told.audience().all();
                    for (String channel : channels) {
                        keys.add(new Key(change.tenant(), channel));
                    }
                    told.entity()
                            .filter(entity -> !channels.contains(entity))
                            .ifPresent(entity -> keys.add(new Key(change.tenant(), entity)));
                }
            }
        }
        return keys;
    }
}
