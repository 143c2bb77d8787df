package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.tenant.TenantId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The requests of a partition that are being told what they missed. A short replay is done at once. Of the others,
/// each gets one piece in its turn, and between two pieces live changes pass. Those that wait are stored, so that a
/// crash does not lose a request: they begin again, and the gateway drops what it has had.
final class Replays {

    /// Over this a request is answered with a reset.
    static final int MOST = 50_000;

    /// What may be replayed at once between two live changes.
    private static final long ALLOWANCE_BYTES = 1 << 20;

    /// What a turn costs that delivers nothing.
    private static final long TURN_BYTES = 32;

    private static final Logger LOG = LoggerFactory.getLogger(Replays.class);
    private static final String SEPARATOR = "\u0000";

    /// A request as it is stored.
    record Stored(TenantId tenant, String node, StoredRequest request) {}

    private final KeyValueStore<String, byte[]> store;
    private final Nodes nodes;
    private final SequencedMap<String, ReplayJob> jobs = new LinkedHashMap<>();
    private final Pace pace;
    private long allowance = ALLOWANCE_BYTES;

    /// @param nowUs the time, to share it with live changes
    Replays(KeyValueStore<String, byte[]> store, Nodes nodes, LongSupplier nowUs) {
        this.store = store;
        this.nodes = nodes;
        this.pace = new Pace(nowUs);
    }

    /// What waited when the task died. Whose node is gone is dropped, and what cannot be read any more: its node asks
    /// again.
    List<Stored> stored() {
        List<Stored> stored = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        try (KeyValueIterator<String, byte[]> all = store.all()) {
            while (all.hasNext()) {
                KeyValue<String, byte[]> entry = all.next();
                String[] parts = entry.key.split(SEPARATOR, -1);
                Optional<StoredRequest> request =
                        nodes.home(parts[1]).isPresent() ? decode(entry.value) : Optional.empty();
                request.ifPresentOrElse(
                        each -> stored.add(new Stored(new TenantId(parts[0]), parts[1], each)),
                        () -> dropped.add(entry.key));
            }
        }
        dropped.forEach(store::delete);
        return stored;
    }

    /// Replays at once as much as the allowance lets, and the rest by and by.
    void begin(ReplayJob job) {
        String key = key(job);
        drop(key);
        // One turn at once, so that a short one does not wait for the long ones.
        ReplayJob.Turn turn = allowance > 0 ? turn(job) : ReplayJob.Turn.MORE;
        while (turn == ReplayJob.Turn.MORE && jobs.isEmpty() && allowance > 0) {
            turn = turn(job);
        }
        if (turn == ReplayJob.Turn.DONE) {
            if (store.get(key) != null) {
                store.delete(key);
            }
            return;
        }
        if (jobs.size() >= MOST) {
            store.delete(key);
            job.refuse();
            return;
        }
        jobs.put(key, job);
        put(key, job);
    }

    /// A live change passed: the next one gets its turn, when live changes had theirs.
    void next() {
        allowance = ALLOWANCE_BYTES;
        if (!jobs.isEmpty()) {
            pace.slice(() -> next(jobs.pollFirstEntry()));
        }
    }

    /// One turn of each, or as many as there is time for, when live changes had theirs.
    ///
    /// @param more whether there is time for another turn
    void all(BooleanSupplier more) {
        allowance = ALLOWANCE_BYTES;
        pace.slice(() -> {
            int waiting = 0;
            while (waiting < jobs.size() && more.getAsBoolean()) {
                waiting = next(jobs.pollFirstEntry()) ? 0 : waiting + 1;
            }
        });
    }

    /// The subscriber on the node does not want these targets any more.
    void forget(TenantId tenant, String node, Subscriber subscriber, List<Target> targets) {
        jobs.forEach((key, job) -> {
            Asked asked = job.asked();
            if (asked.node().equals(node) && asked.tenant().equals(tenant) && asked.forget(subscriber, targets)) {
                put(key, job);
            }
        });
    }

    /// How many wait for their turn.
    int size() {
        return jobs.size();
    }

    /// The task ends; what is stored stays.
    void close() {
        jobs.values().forEach(ReplayJob::close);
        jobs.clear();
    }

    /// @return whether it got on
    private boolean next(Map.Entry<String, ReplayJob> entry) {
        ReplayJob job = entry.getValue();
        if (nodes.home(job.asked().node()).isEmpty()) {
            job.close();
            store.delete(entry.getKey());
            return true;
        }
        ReplayJob.Turn turn = turn(job);
        if (turn == ReplayJob.Turn.DONE) {
            store.delete(entry.getKey());
        } else {
            jobs.putLast(entry.getKey(), job);
        }
        return turn != ReplayJob.Turn.WAITING;
    }

    private ReplayJob.Turn turn(ReplayJob job) {
        long before = job.bytes();
        ReplayJob.Turn turn = job.turn();
        allowance -= TURN_BYTES + job.bytes() - before;
        return turn;
    }

    private void drop(String key) {
        ReplayJob same = jobs.remove(key);
        if (same != null) {
            same.close();
        }
    }

    private static Optional<StoredRequest> decode(byte[] bytes) {
        try {
            return Optional.of(StoredRequest.decode(bytes));
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().addKeyValue("reason", e.toString()).log("Stored replay dropped");
            return Optional.empty();
        }
    }

    private void put(String key, ReplayJob job) {
        store.put(key, job.asked().stored().encoded());
    }

    private static String key(ReplayJob job) {
        Asked asked = job.asked();
        return String.join(SEPARATOR, asked.tenant().value(), asked.node(), Long.toString(asked.number()));
    }
}
