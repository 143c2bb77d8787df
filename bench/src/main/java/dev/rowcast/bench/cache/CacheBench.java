package dev.rowcast.bench.cache;

import dev.rowcast.bench.machine.Machine;
import dev.rowcast.bench.table.Figures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/// Runs a plan on one stand. The trials alternate, so that what changes on the machine meanwhile touches all of them.
final class CacheBench {

    /// Kinds of calls that a trial of hits or limits has, about.
    private static final int KINDS = 4;

    private final Plan plan;
    private final Path home;
    private final Path folder;
    private final Consumer<String> say;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /// @param home the folder of the installation
    /// @param folder for everything that is written; the caller removes it
    /// @param say gets a line for each step
    CacheBench(Plan plan, Path home, Path folder, Consumer<String> say) {
        this.plan = plan;
        this.home = home;
        this.folder = folder;
        this.say = say;
    }

    /// Some trials.
    private interface Trials {
        List<Row> run() throws Exception;
    }

    /// @param problems what failed; the rest went on
    record Result(double loadBefore, List<Row> rows, List<String> problems) {}

    Result run() throws Exception {
        double load = Machine.load();
        say.accept("Load before: %.2f on %d processors"
                .formatted(load, Runtime.getRuntime().availableProcessors()));
        try (Stand stand = Stand.start(home, folder, plan.rooms())) {
            say.accept("Warm-up");
            warmUp(stand);
            for (int round = 1; round <= plan.rounds(); round++) {
                for (Cell cell : plan.cells()) {
                    say.accept("%s, round %d".formatted(cell.title(), round));
                    cell(cell, stand, round);
                }
            }
        }
        return new Result(load, rows, problems);
    }

    private void warmUp(Stand stand) throws Exception {
        Duration share = plan.warmUp().dividedBy((long) KINDS * plan.callers().size());
        if (share.isZero()) {
            return;
        }
        for (int callers : plan.callers()) {
            if (plan.cells().contains(Cell.HITS)) {
                new Hits(stand, plan).run(callers, share, "warm-" + callers);
            }
            if (plan.cells().contains(Cell.LIMITS)) {
                new LimitCosts(stand).run(callers, share, "warm-" + callers);
            }
        }
    }

    private void cell(Cell cell, Stand stand, int round) throws InterruptedException {
        Duration share = plan.time().dividedBy(KINDS);
        switch (cell) {
            case HITS -> {
                for (int callers : plan.callers()) {
                    attempt(cell, () -> new Hits(stand, plan).run(callers, share, callers + "-" + round));
                }
            }
            case LIMITS -> {
                for (int callers : plan.callers()) {
                    attempt(cell, () -> new LimitCosts(stand).run(callers, share, callers + "-" + round));
                }
            }
            case LOAD -> {
                for (Side side : inTurn(round)) {
                    String trial = "%s-%s-%d".formatted(cell, side, round);
                    attempt(cell, () -> List.of(new Load(stand, plan).run(side, trial)));
                }
            }
            case FAULTS -> {
                for (Fault fault : plan.faults()) {
                    // The others have no Redis that could fail, or the same client.
                    for (Side side : inTurn(round)) {
                        if (side == Side.LOOK_ASIDE || side == Side.ROWCAST) {
                            String trial = "%s-%s-%d".formatted(fault, side, round);
                            attempt(cell, () -> List.of(new Faults(stand, plan).run(side, fault, trial)));
                        }
                    }
                }
            }
        }
    }

    /// Who is first is last the next time.
    private List<Side> inTurn(int round) {
        List<Side> sides = new ArrayList<>(plan.sides());
        if (round % 2 == 0) {
            Collections.reverse(sides);
        }
        return sides;
    }

    private void attempt(Cell cell, Trials trials) throws InterruptedException {
        try {
            for (Row row : trials.run()) {
                rows.add(row);
                say.accept("  %s: %s".formatted(row.what().values(), Figures.text(row.measured())));
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            problems.add("%s: %s".formatted(cell, e));
            say.accept("  failed: " + e);
        }
    }
}
