package dev.rowcast.bench.fanout;

import dev.rowcast.bench.machine.Machine;
import dev.rowcast.bench.subscribers.Transport;
import dev.rowcast.bench.table.Figures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Runs a plan: one stand for all of it, warmed up first; the trials alternate, so that what changes on the machine
/// meanwhile touches all of them.
final class FanoutBench {

    private static final int SMALL = 100;
    private static final int SPARE_FILES = 1_000;
    /// Before the first that counts, because what runs once for each client takes so many to be compiled.
    private static final int STORMS_BEFORE = 3;

    private final Plan plan;
    private final Path folder;
    private final Consumer<String> say;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /// @param folder for everything that is written; the caller removes it
    /// @param say gets a line for each step
    FanoutBench(Plan plan, Path folder, Consumer<String> say) {
        this.plan = plan;
        this.folder = folder;
        this.say = say;
    }

    /// One trial.
    private interface Trial {
        Row run() throws Exception;
    }

    /// @param pinned whether the gateway had a core of its own
    /// @param problems what failed; the rest went on
    record Result(boolean pinned, double loadBefore, List<Row> rows, List<String> problems) {}

    Result run() throws Exception {
        double load = Machine.load();
        say.accept("Load before: %.2f on %d processors"
                .formatted(load, Runtime.getRuntime().availableProcessors()));
        long files = Machine.openFilesAllowed();
        if (files < plan.connections() + SPARE_FILES) {
            say.accept("Open files allowed: %,d, which is too few for %,d connections; raise it with ulimit -n"
                    .formatted(files, plan.connections()));
        }
        try (GatewayStand stand = GatewayStand.start(folder, plan);
                BareStand bare = plan.bare() ? BareStand.start(folder, stand) : null) {
            List<Stand> stands = bare == null ? List.of(stand) : List.of(stand, bare);
            say.accept("Gateway: pid %d, %s"
                    .formatted(stand.gateway().pid(), stand.pinned() ? "alone on processor 0" : "not pinned"));
            warmUp(stand, stands);
            // A trial of idle connections leaves a new gateway behind, which is cold.
            rounds(plan.cells().stream().filter(cell -> cell != Cell.IDLE).toList(), stand, stands);
            rounds(plan.cells().stream().filter(cell -> cell == Cell.IDLE).toList(), stand, stands);
            return new Result(stand.pinned(), load, rows, problems);
        }
    }

    private void rounds(List<Cell> cells, GatewayStand stand, List<Stand> stands) throws InterruptedException {
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Cell cell : cells) {
                say.accept("%s, round %d".formatted(cell.title(), round));
                cell(cell, stand, stands);
            }
        }
    }

    private void warmUp(GatewayStand gateway, List<Stand> stands) throws Exception {
        Duration share = plan.warmUp().dividedBy(2L * plan.transports().size() * stands.size());
        if (share.isZero()) {
            return;
        }
        say.accept("Warm-up");
        for (Transport transport : plan.transports()) {
            for (Stand stand : stands) {
                new OpenLoop(stand).run(transport, plan.perSecond(), plan.subscribers(), SMALL, share);
                new ClosedLoop(stand).run(transport, plan.inFlight().getFirst(), plan.subscribers(), SMALL, share);
            }
            for (int i = 0; i < STORMS_BEFORE && plan.cells().contains(Cell.STORM); i++) {
                new Storm(gateway).run(transport, plan.connections());
            }
        }
    }

    private void cell(Cell cell, GatewayStand stand, List<Stand> stands) throws InterruptedException {
        for (Transport transport : plan.transports()) {
            switch (cell) {
                case OPEN -> {
                    for (int bytes : plan.bytes()) {
                        for (Stand each : stands) {
                            attempt(
                                    cell,
                                    () -> new OpenLoop(each)
                                            .run(transport, plan.perSecond(), plan.subscribers(), bytes, plan.time()));
                        }
                    }
                }
                case PEAK -> {
                    for (int bytes : plan.bytes()) {
                        for (int inFlight : plan.inFlight()) {
                            for (Stand each : stands) {
                                attempt(
                                        cell,
                                        () -> new ClosedLoop(each)
                                                .run(transport, inFlight, plan.subscribers(), bytes, plan.time()));
                            }
                        }
                    }
                }
                case SWARM ->
                    attempt(
                            cell,
                            () -> new Swarm(stand)
                                    .run(
                                            transport,
                                            plan.subscribers(),
                                            plan.deliveriesPerSecond(),
                                            SMALL,
                                            plan.time()));
                case NOISY ->
                    attempt(
                            cell,
                            () -> new Noisy(stand)
                                    .run(transport, plan.perSecond(), plan.fewSubscribers(), SMALL, plan.time()));
                case STALLED ->
                    attempt(
                            cell,
                            () -> new Stalled(stand)
                                    .run(transport, plan.time().multipliedBy(3).dividedBy(2)));
                case STORM -> attempt(cell, () -> new Storm(stand).run(transport, plan.connections()));
                case IDLE -> attempt(cell, () -> new Idle(stand).run(transport, plan.connections()));
            }
        }
    }

    private void attempt(Cell cell, Trial trial) throws InterruptedException {
        try {
            Row row = trial.run();
            rows.add(row);
            say.accept("  " + row.what() + " " + Figures.text(row.measured()));
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            problems.add("%s: %s".formatted(cell.title(), e));
            say.accept("  failed: " + e);
        }
    }
}
