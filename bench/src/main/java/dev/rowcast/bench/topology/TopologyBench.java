package dev.rowcast.bench.topology;

import dev.rowcast.bench.machine.Machine;
import dev.rowcast.bench.processor.Guarantee;
import dev.rowcast.bench.processor.Processor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Runs a plan: each guarantee and each cell with a broker and a processor of their own, which are warmed up first.
final class TopologyBench {

    private static final int WARM_UP_ROUNDS = 3;
    private static final int WARM_UP_SUBSCRIBERS = 10;
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final int SUBSCRIBES = 1_000;
    private static final int BESIDE = 500;

    private final Plan plan;
    private final Path folder;
    private final Consumer<String> say;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /// @param folder for everything that is written; the caller removes it
    /// @param say gets a line for each step
    TopologyBench(Plan plan, Path folder, Consumer<String> say) {
        this.plan = plan;
        this.folder = folder;
        this.say = say;
    }

    /// @param problems what failed; the rest went on
    record Result(List<Row> rows, List<String> problems) {}

    Result run() throws InterruptedException {
        say.accept("Load before: %.2f on %d processors"
                .formatted(Machine.load(), Runtime.getRuntime().availableProcessors()));
        for (Guarantee guarantee : plan.guarantees()) {
            for (Cell cell : plan.cells()) {
                say.accept("%s, %s".formatted(cell.title(), guarantee.title()));
                attempt(cell, guarantee);
            }
        }
        return new Result(rows, problems);
    }

    private void attempt(Cell cell, Guarantee guarantee) throws InterruptedException {
        try (Rig rig = Rig.start(folder.resolve(cell.name() + "-" + guarantee))) {
            switch (cell) {
                case THROUGHPUT -> throughput(rig, guarantee);
                case AUDIENCE -> audiences(rig, guarantee);
                case DELIVERY -> delivery(rig, guarantee);
                case SUBSCRIBE -> subscribing(rig, guarantee);
                case RESUME -> add(new ResumeStorm(rig, settings(guarantee)).run());
                case SIZES -> add(new Sizes(rig, settings(guarantee)).run());
                case RESTORE -> add(new Restore(rig, settings(guarantee), plan.subscriptions()).run());
                case SILENCE -> {
                    for (Ending ending : Ending.values()) {
                        add(List.of(new Silence(rig, settings(guarantee)).run(ending)));
                    }
                }
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            problems.add("%s, %s: %s".formatted(cell.title(), guarantee.title(), e));
            say.accept("  failed: " + e);
        }
    }

    private void throughput(Rig rig, Guarantee guarantee) throws Exception {
        try (Processor processor = Processor.start(rig.broker(), rig.folder(), settings(guarantee))) {
            Throughput throughput = new Throughput(rig, processor, guarantee);
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                for (int nodes : plan.nodes()) {
                    throughput.run(nodes, WARM_UP_SUBSCRIBERS, plan.changes(nodes) / 2);
                }
            }
            for (int round = 0; round < plan.rounds(); round++) {
                for (int nodes : plan.nodes()) {
                    for (int subscribers : plan.subscribers()) {
                        add(List.of(throughput.run(nodes, subscribers, plan.changes(nodes))));
                    }
                }
            }
        }
    }

    private void audiences(Rig rig, Guarantee guarantee) throws Exception {
        try (Processor processor = Processor.start(rig.broker(), rig.folder(), settings(guarantee))) {
            Audiences audiences = new Audiences(rig, new Throughput(rig, processor, guarantee));
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                audiences.filters(WARM_UP_SUBSCRIBERS, plan.changes() / 2);
                audiences.members(WARM_UP_SUBSCRIBERS, plan.changes() / 2);
            }
            for (int round = 0; round < plan.rounds(); round++) {
                for (int subscribers : plan.subscribers()) {
                    add(List.of(audiences.filters(subscribers, plan.changes())));
                    add(List.of(audiences.members(subscribers, plan.changes())));
                }
            }
        }
    }

    private void delivery(Rig rig, Guarantee guarantee) throws Exception {
        try (Processor processor = Processor.start(rig.broker(), rig.folder(), settings(guarantee))) {
            Latency latency = new Latency(rig, guarantee);
            latency.deliveries(1_000, WARM_UP);
            for (int round = 0; round < plan.rounds(); round++) {
                for (int perSecond : new int[] {100, 1_000}) {
                    add(List.of(latency.deliveries(perSecond, plan.time())));
                }
            }
        }
    }

    private void subscribing(Rig rig, Guarantee guarantee) throws Exception {
        try (Processor processor = Processor.start(rig.broker(), rig.folder(), settings(guarantee))) {
            Latency latency = new Latency(rig, guarantee);
            latency.subscribes(SUBSCRIBES, BESIDE, WARM_UP);
            for (int round = 0; round < plan.rounds(); round++) {
                add(List.of(latency.subscribes(SUBSCRIBES, BESIDE, plan.time())));
            }
        }
    }

    private Processor.Settings settings(Guarantee guarantee) {
        return Processor.Settings.of(guarantee, Rows.CATALOG).withFlags(plan.flags());
    }

    private void add(List<Row> more) {
        rows.addAll(more);
        more.forEach(row -> say.accept("  " + row.values()));
    }
}
