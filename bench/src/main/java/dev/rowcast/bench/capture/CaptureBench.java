package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Machine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Runs a plan: the sides in turn, each in a process and with a slot of its own, on the same database and broker.
/// Only one of them runs at a time.
final class CaptureBench {

    private static final int WARM_UP_ROUNDS = 2;
    private static final int WARM_UP_SHARE = 2;

    private final Plan plan;
    private final Path home;
    private final Path folder;
    private final Consumer<String> say;
    private final AtomicLong ids = new AtomicLong(1);
    private final List<Trial> trials = new ArrayList<>();
    private final List<Delay> delays = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    /// @param home where the sources are, for the set-up of the database
    /// @param folder for everything that is written; the caller removes it
    /// @param say gets a line for each step
    CaptureBench(Plan plan, Path home, Path folder, Consumer<String> say) {
        this.plan = plan;
        this.home = home;
        this.folder = folder;
        this.say = say;
    }

    /// What fails is named in the result, and the rest goes on.
    Result run() throws Exception {
        AtomicReference<Optional<Outage.Seen>> outage = new AtomicReference<>(Optional.empty());
        long begin = System.nanoTime();
        say.accept("Load before: %.2f on %d processors"
                .formatted(Machine.load(), Runtime.getRuntime().availableProcessors()));
        try (Parts parts = Parts.start(folder, binaries())) {
            parts.execute(Files.readString(home.resolve("infra/postgres/setup.sql")));
            int block = 0;
            for (int turn = 0; turn < plan.turns(); turn++) {
                if (turn > 0 && !plan.fits(turn, Duration.ofNanos(System.nanoTime() - begin))) {
                    say.accept("Turn %d is left out: more than %d minutes in all".formatted(turn + 1, plan.minutes()));
                    break;
                }
                for (Side side : plan.turn(turn)) {
                    int number = ++block;
                    attempt(side.title(), () -> measure(parts, side, number));
                }
            }
            if (plan.outageSeconds() > 0) {
                attempt("outage", () -> outage.set(Optional.of(outage(parts))));
            }
        }
        return new Result(new Summary(trials), delays, outage.get(), problems);
    }

    private interface Step {
        void run() throws Exception;
    }

    private void attempt(String what, Step step) throws InterruptedException {
        try {
            step.run();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            problems.add(what + ": " + e);
            say.accept("  failed: " + e);
        }
    }

    private void measure(Parts parts, Side side, int block) throws Exception {
        say.accept("%s, process %d".formatted(side.title(), block));
        parts.execute(Shape.schema());
        parts.execute("checkpoint");
        Writers writers = new Writers(parts, ids);
        try (Capture capture = start(parts, side, block)) {
            Throughput throughput = new Throughput(parts, side, block, capture, writers);
            warmUp(throughput, parts, side, block, capture);
            for (int round = 0; round < plan.rounds(); round++) {
                for (Shape shape : plan.shapes()) {
                    for (Mode mode : Mode.values()) {
                        Trial trial = throughput.run(shape, mode, plan.rows(shape));
                        trials.add(trial);
                        say.accept(
                                "  %s, %s: %,.0f rows/s".formatted(shape.title(), mode.title(), trial.rowsPerSecond()));
                    }
                }
            }
            if (plan.latencySeconds() > 0) {
                delays.addAll(new Latency(parts, ids).run(side, block, capture, plan.latencySeconds()));
            }
        }
    }

    /// Compiles what the trials run, at the sizes that they have; nothing of it is counted.
    private void warmUp(Throughput throughput, Parts parts, Side side, int block, Capture capture) throws Exception {
        for (int round = 0; round < WARM_UP_ROUNDS; round++) {
            for (Shape shape : plan.shapes()) {
                throughput.run(shape, Mode.SUSTAINED, plan.rows(shape) / WARM_UP_SHARE);
            }
        }
        if (plan.latencySeconds() > 0) {
            new Latency(parts, ids).run(side, block, capture, Math.min(3, plan.latencySeconds()));
        }
    }

    private Capture start(Parts parts, Side side, int block) throws Exception {
        return switch (side) {
            case ROWCAST -> RowcastCapture.start(parts, folder, "bench" + block);
            case CONNECT -> ConnectCapture.start(parts, folder, "bench" + block, false);
            case CONNECT_ONCE -> ConnectCapture.start(parts, folder, "bench" + block, true);
        };
    }

    private Outage.Seen outage(Parts parts) throws Exception {
        say.accept("Kafka away for %d s under %d rows/s".formatted(plan.outageSeconds(), plan.outagePerSecond()));
        parts.execute(Shape.schema());
        try (RowcastCapture capture = RowcastCapture.start(parts, folder, "outage")) {
            new Throughput(parts, Side.ROWCAST, 0, capture, new Writers(parts, ids))
                    .run(Shape.SMALL, Mode.SUSTAINED, plan.rows(Shape.SMALL));
            return new Outage(parts, ids, plan.outagePerSecond()).run(capture, "rowcast_outage", plan.outageSeconds());
        }
    }

    /// Where tests and `up` have unpacked Postgres already.
    private static Path binaries() {
        return Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache"))
                .resolve("rowcast");
    }
}
