package dev.rowcast.bench.topology;

import dev.rowcast.bench.machine.Pacer;
import dev.rowcast.bench.processor.Processor;
import dev.rowcast.schemas.avro.Start;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// A node of eight is gone, and its 10,000 users come to the other seven with cursors of 5 s ago, while the tenant goes
/// on with 500 changes a second: all of them members of one room, or spread over 1,000 vaults.
final class ResumeStorm {

    private static final String WATCHER = "watcher";
    private static final int NODES = 8;
    private static final int USERS = 10_000;
    private static final int PER_SECOND = 500;
    private static final int WARM_UP_ROUNDS = 2;
    private static final Duration BEHIND = Duration.ofSeconds(5);
    private static final Duration STRAGGLERS = Duration.ofSeconds(30);
    private static final int PARTITION = 2;

    /// More changes than a storm can last.
    private static final long FOR_EVER = 1_000_000;

    private final Rig rig;
    private final Processor.Settings settings;
    private final AtomicLong numbers = new AtomicLong(1);

    ResumeStorm(Rig rig, Processor.Settings settings) {
        this.rig = rig;
        this.settings = settings;
    }

    List<Row> run() throws Exception {
        List<Row> rows = new ArrayList<>();
        try (Processor processor = Processor.start(rig.broker(), rig.folder(), settings)) {
            for (int channels : new int[] {1, 1_000}) {
                for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                    run(channels);
                }
                rows.add(run(channels));
            }
        }
        return rows;
    }

    private Row run(int channels) throws InterruptedException, ExecutionException {
        String tenant = Rig.tenant(PARTITION);
        Delays delays = new Delays();
        List<Node> nodes = rig.nodes(NODES);
        Node watcher = nodes.getFirst();
        Hops hops = new Hops();
        Seen seen = new Seen((frame, arrival) -> {
            if (arrival.delivery().getNode().equals(watcher.name())) {
                delays.arrived(frame.getLsn(), arrival.ns());
                hops.arrived(frame, arrival);
            }
        });
        AtomicBoolean ended = new AtomicBoolean();
        try (Reader reader = new Reader(rig, seen)) {
            seen.attach(nodes, tenant);
            if (channels == 1) {
                seen.awaitMembers(rig, watcher, tenant, 1, members(), numbers, STRAGGLERS);
            }
            seen.awaitSubscribed(
                    List.of(watcher.subscribe(tenant, WATCHER, all(channels), seen.position(watcher), List.of())));
            // Behind the memberships: a node learns how far a partition is when it attaches.
            seen.attach(nodes, tenant);
            Start behind = seen.position(watcher);
            CompletableFuture<Long> live = CompletableFuture.supplyAsync(() ->
                    Pacer.run(PER_SECOND, FOR_EVER, ended::get, (step, due) -> change(tenant, delays, channels, due)));
            Thread.sleep(BEHIND);
            double before = delays.ms(99);
            delays.reset();
            hops.reset();
            long begin = System.nanoTime();
            List<Long> requests = nodes.subList(0, NODES - 1).stream()
                    .flatMap(node -> resume(node, tenant, channels, behind).stream())
                    .toList();
            seen.awaitSubscribed(requests);
            long end = requests.stream().mapToLong(seen::subscribedNs).max().orElse(begin);
            ended.set(true);
            live.get();
            delays.await(STRAGGLERS);
            nodes.forEach(node -> node.detach(tenant));
            return Row.of(Cell.RESUME)
                    .with(settings.guarantee())
                    .with("users", USERS)
                    .with("channels", channels == 1 ? "1, members" : "1,000")
                    .with("all live after ms", (end - begin) / 1_000_000)
                    .with("live changes before, p99 ms", before)
                    .with("meanwhile, p99 ms", delays.ms(99))
                    .with("meanwhile, worst ms", delays.ms(100))
                    .with("written → matched, p99 ms", hops.matchedMs(99))
                    .with("matched → in the log, p99 ms", hops.appendedMs(99))
                    .with("in the log → read, p99 ms", hops.readMs(99))
                    .with("missing", delays.missing());
        }
    }

    /// All of them, and who watches.
    private static List<String> members() {
        List<String> members = new ArrayList<>();
        for (int user = 0; user < USERS; user++) {
            members.add("user-" + user);
        }
        members.add(WATCHER);
        return members;
    }

    /// One channel: the node asks once for all of its users. Many: each user asks for its own.
    private static List<Long> resume(Node node, String tenant, int channels, Start behind) {
        List<String> users = node.share(USERS, NODES - 1);
        if (channels == 1) {
            return List.of(node.subscribe(tenant, users.getFirst(), all(1), behind, users.subList(1, users.size())));
        }
        List<Long> requests = new ArrayList<>();
        for (int i = 0; i < users.size(); i++) {
            String channel = Rows.channel((i * (NODES - 1) + node.home()) % channels);
            requests.add(node.subscribe(tenant, users.get(i), List.of(channel), behind, List.of()));
        }
        return requests;
    }

    private static List<String> all(int channels) {
        if (channels == 1) {
            return List.of(Rows.room(1));
        }
        List<String> all = new ArrayList<>();
        for (int channel = 0; channel < channels; channel++) {
            all.add(Rows.channel(channel));
        }
        return all;
    }

    private void change(String tenant, Delays delays, int channels, long due) {
        long number = numbers.getAndIncrement();
        delays.due(number, due);
        rig.changes()
                .send(tenant, channels == 1 ? Rows.message(number, 1) : Rows.change(number, (int) (number % channels)));
    }
}
