package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.ANYBODY;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.entity;

import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.topic.Lease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random histories: the topology must tell every client what the [Model] says, whatever dies. The two topics are read
/// in an order of their own, and in another one after a crash, when stores and deliveries are each at another place
/// between the last commit and the end.
///
/// `-Drowcast.seed=…` repeats a history, `-Drowcast.histories=1000` makes more of them.
class OracleTest {

    private static final int STEPS = 5_000;
    private static final int HISTORIES = Integer.getInteger("rowcast.histories", 20);

    /// Histories that failed once, for ever: a seed in each line, and what it found.
    private static final Path FAILED_ONCE = Path.of("src/test/resources/seeds/oracle.txt");

    private static final Principal BOB = new Principal("bob", PrincipalKind.USER);
    private static final Principal ALICE_KEY = new Principal("alice", PrincipalKind.KEY);
    private static final List<Principal> PRINCIPALS = List.of(ALICE, ALICE, BOB, BOB, ALICE_KEY, ANYBODY);

    private record Command(String tenant, GatewayCommand command) {}

    private final RestartableTask task =
            new RestartableTask(World.CATALOG, new JournalLimits(300, 1 << 20, Duration.ofDays(1)));
    private final Model model = new Model(World.TENANTS);
    private final List<Command> commands = new ArrayList<>();
    private final Gateways gateways =
            new Gateways(model, (tenant, command) -> commands.add(new Command(tenant, command)));
    private int changesRead;
    private int commandsRead;
    private int changesCommitted;
    private int commandsCommitted;

    static LongStream seeds() throws IOException {
        Long repeated = Long.getLong("rowcast.seed");
        if (repeated != null) {
            return LongStream.of(repeated);
        }
        LongStream failedOnce = Files.readAllLines(FAILED_ONCE).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .mapToLong(line -> Long.parseLong(line.split(" ", 2)[0]));
        return LongStream.concat(failedOnce, new Random().longs(HISTORIES, 0, 1_000_000_000));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("P2, P3, P4, P9: everybody gets what it may have after its start, in order, whole, and nothing else")
    void everybodyGetsWhatItMayHave(long seed) throws IOException {
        Random random = new Random(seed);
        World world = new World(model, random);
        try {
            history(world, random);
        } catch (AssertionError | RuntimeException e) {
            Path log = Files.createDirectories(Path.of("target", "oracle")).resolve("seed-%d.txt".formatted(seed));
            Files.write(log, world.lines());
            throw new AssertionError("seed %d, the log is in %s: %s".formatted(seed, log, e.getMessage()), e);
        }
    }

    private void history(World world, Random random) {
        world.begin();
        read(world);
        gateways.start();
        gateways.start();
        readCommands();
        gateways.receiveAll();
        long large = random.nextInt(4 * STEPS);
        for (int step = 0; step < STEPS; step++) {
            step(world, random);
            if (step == large) {
                world.large();
            }
            while (random.nextInt(4) > 0) {
                readEither(world, random);
            }
            if (random.nextInt(8) == 0) {
                gateways.receive(random);
            }
        }
        // As long as a node lives it renews its lease, which also finds out that it was forgotten.
        gateways.attachAll();
        boolean busy = true;
        while (busy) {
            gateways.send(task.idle());
            busy = gateways.receiveAll() || changesRead < model.end() || commandsRead < commands.size();
            while (changesRead < model.end() || commandsRead < commands.size()) {
                readEither(world, random);
            }
        }
        gateways.verifyWhole(STEPS / 10);
    }

    private void step(World world, Random random) {
        int dice = random.nextInt(1_000);
        if (dice < 550) {
            world.step();
        } else if (dice < 750) {
            subscribe(random);
        } else if (dice < 800) {
            gateways.any(random).unsubscribe(random);
        } else if (dice < 815) {
            gateways.attachAny(random);
        } else if (dice < 820) {
            gateways.killAny(random);
        } else if (dice < 870) {
            commit();
        } else if (dice < 880) {
            crash(random);
        } else if (dice < 885) {
            passTime(random);
        }
    }

    /// From where some client of the tenant was, on whatever node.
    private void subscribe(Random random) {
        String tenant = pick(World.TENANTS, random);
        String place = ":" + random.nextInt(World.CHANNELS);
        String filter = random.nextBoolean() ? "" : pick(List.copyOf(World.FILTERS.keySet()), random);
        Target target = switch (random.nextInt(8)) {
            case 0, 1 -> {
                List<Family.Table> tables = List.copyOf(Family.TABLES.values());
                yield entity(pick(tables, random).entity() + ":" + random.nextInt(World.ROWS));
            }
            case 2 -> channel("board" + place);
            case 3, 4 -> channel("vault" + place, filter);
            default -> channel("room" + place, filter);
        };
        boolean several = target.getName().startsWith("room:") && random.nextBoolean();
        List<Principal> principals = several ? List.of(ALICE, BOB) : List.of(pick(PRINCIPALS, random));
        gateways.any(random)
                .subscribe(tenant, principals, target, gateways.cursors().any(tenant, random));
    }

    /// The next record of either topic; nothing says of which.
    private void readEither(World world, Random random) {
        boolean aChange = changesRead < model.end() && (commandsRead == commands.size() || random.nextBoolean());
        if (aChange) {
            read(world);
        } else if (commandsRead < commands.size()) {
            readCommand();
        }
    }

    private void read(World world) {
        World.Logged next = world.at(changesRead);
        int offset = changesRead++;
        gateways.send(next.change()
                .map(change -> task.change(next.key(), offset, change))
                .orElseGet(() -> task.unreadable(next.key(), offset)));
    }

    private void readCommand() {
        Command next = commands.get(commandsRead++);
        gateways.send(task.command(next.tenant(), next.command()));
    }

    private void readCommands() {
        while (commandsRead < commands.size()) {
            readCommand();
        }
    }

    private void commit() {
        changesCommitted = changesRead;
        commandsCommitted = commandsRead;
        task.commit();
        gateways.commit();
    }

    private void crash(Random random) {
        changesRead = changesCommitted;
        commandsRead = commandsCommitted;
        gateways.crash(random);
        task.crash(random);
        commit();
    }

    /// More than the lease of who is silent.
    private void passTime(Random random) {
        for (int i = 0; i < 2; i++) {
            gateways.attachMost(random);
            readCommands();
            commit();
            for (long passedMs = 0; passedMs < Samples.LEASE_MS * 2 / 3; passedMs += Lease.CHECK.toMillis()) {
                // What a turn asked to be committed is, before the next one.
                if (task.asksForCommit()) {
                    commit();
                }
                gateways.send(task.passTime(Lease.CHECK));
            }
        }
        gateways.attachAll();
    }

    private static <T> T pick(List<T> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
