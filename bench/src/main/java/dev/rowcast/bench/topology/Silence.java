package dev.rowcast.bench.topology;

import dev.rowcast.bench.machine.Pacer;
import dev.rowcast.bench.processor.Processor;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// The longest that a change waits when a process ends, over all partitions, under a small load.
final class Silence {

    private static final int PER_SECOND = 200;
    private static final Duration SETTLE = Duration.ofSeconds(8);
    private static final Duration AFTERWARDS = Duration.ofSeconds(25);
    private static final Duration STRAGGLERS = Duration.ofSeconds(60);
    private static final long FOR_EVER = 1_000_000;
    private static final AtomicLong NUMBERS = new AtomicLong(1);

    private final Rig rig;
    private final Processor.Settings settings;

    Silence(Rig rig, Processor.Settings settings) {
        this.rig = rig;
        this.settings = settings;
    }

    Row run(Ending ending) throws Exception {
        Delays delays = new Delays();
        Seen seen = Seen.live(delays);
        List<Processor> processors = new ArrayList<>();
        AtomicBoolean ended = new AtomicBoolean();
        try (Reader reader = new Reader(rig, seen)) {
            for (int i = 0; i < ending.processes(); i++) {
                processors.add(Processor.start(rig.broker(), rig.folder(), named(ending, i)));
            }
            List<String> tenants = tenants(seen);
            CompletableFuture<Long> live = CompletableFuture.supplyAsync(() ->
                    Pacer.run(PER_SECOND, FOR_EVER, ended::get, (step, due) -> change(tenants, delays, step, due)));
            Thread.sleep(SETTLE);
            delays.reset();
            end(ending, processors);
            Thread.sleep(AFTERWARDS);
            ended.set(true);
            live.get();
            delays.await(STRAGGLERS);
        } finally {
            ended.set(true);
            for (Processor processor : processors) {
                processor.close();
            }
        }
        return Row.of(Cell.SILENCE)
                .with(settings.guarantee())
                .with("a process is", ending.title())
                .with("session s", ending.session().toMillis() / 1000.0)
                .with("silence ms", Math.round(delays.ms(100)))
                .with("missing", delays.missing());
    }

    private void end(Ending ending, List<Processor> processors) throws Exception {
        Processor last = processors.removeLast();
        if (ending.killed()) {
            last.kill();
        } else {
            last.close();
        }
        if (ending.startedAgain()) {
            processors.add(Processor.launch(rig.broker(), rig.folder(), named(ending, ending.processes() - 1)));
        }
    }

    private Processor.Settings named(Ending ending, int number) {
        return settings.withName("p%d-%s".formatted(number, ending)).withFailover(ending.standbys(), ending.session());
    }

    /// One in each partition, with somebody who listens.
    private List<String> tenants(Seen seen) throws InterruptedException {
        List<String> tenants = IntStream.range(0, Topics.CHANGES.partitions())
                .mapToObj(Rig::tenant)
                .toList();
        for (String tenant : tenants) {
            List<Node> nodes = rig.nodes(1);
            seen.attach(nodes, tenant);
            seen.subscribe(nodes, tenant, 1, Rows.channel(1));
        }
        return tenants;
    }

    private void change(List<String> tenants, Delays delays, long step, long due) {
        long number = NUMBERS.getAndIncrement();
        delays.due(number, due);
        String tenant = tenants.get((int) (step % tenants.size()));
        rig.changes().send(tenant, Rows.change(number, 1));
    }
}
