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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random histories: the topology must tell every client what the [Model] says, whatever dies. The two topics are read
/// in an order of their own, and in another one after a crash, when stores and deliveries are each at another place
/// between the last commit and the end. Tenants have the same ids, channels and users on purpose.
class OracleTest {

    private static final int STEPS = 5_000;
    private static final List<String> TENANTS = List.of("a", "b", "c");
    private static final Principal BOB = new Principal("bob", PrincipalKind.USER);
    private static final Principal ALICE_KEY = new Principal("alice", PrincipalKind.KEY);
    private static final List<Principal> PRINCIPALS = List.of(ALICE, ALICE, BOB, BOB, ALICE_KEY, ANYBODY);

    /// Histories that failed once, for ever.
    private static final int[] FAILED_ONCE = {};

    private record Command(String tenant, GatewayCommand command) {}

    private final RestartableTask task = new RestartableTask(new JournalLimits(300, 1 << 20, Duration.ofDays(1)));
    private final Model model = new Model();
    private final List<Command> commands = new ArrayList<>();
    private final Gateways gateways =
            new Gateways(model, (tenant, command) -> commands.add(new Command(tenant, command)));
    private int changesRead;
    private int commandsRead;
    private int changesCommitted;
    private int commandsCommitted;
    private int furthest;

    static IntStream seeds() {
        return IntStream.concat(
                IntStream.concat(IntStream.of(FAILED_ONCE), IntStream.rangeClosed(1, 16)),
                new Random().ints(4, 0, Integer.MAX_VALUE));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("everybody gets what it may have after its start, in order, and nothing else")
    void everybodyGetsWhatItMayHave(int seed) {
        Random random = new Random(seed);
        gateways.start();
        gateways.start();
        for (int step = 0; step < STEPS; step++) {
            step(random);
            while (random.nextInt(4) > 0) {
                read(random);
            }
            if (random.nextInt(8) == 0) {
                gateways.receive(random);
            }
        }
        boolean busy = true;
        while (busy) {
            gateways.send(task.idle());
            busy = gateways.receiveAll() || changesRead < model.end() || commandsRead < commands.size();
            while (changesRead < model.end() || commandsRead < commands.size()) {
                read(random);
            }
        }
        gateways.verifyWhole(STEPS / 10);
    }

    private void step(Random random) {
        String tenant = pick(TENANTS, random);
        int dice = random.nextInt(1_000);
        if (dice < 130) {
            model.source(tenant, random.nextInt(8), random.nextInt(4) - 1);
        } else if (dice < 350) {
            model.message(tenant, random.nextInt(8), random.nextInt(4) - 1);
        } else if (dice < 500) {
            String role = random.nextBoolean() ? "reader" : "owner";
            model.member(
                    tenant, random.nextInt(6), random.nextInt(4) - 1, random.nextBoolean() ? "alice" : "bob", role);
        } else if (dice < 510) {
            model.key(tenant, "alice", random.nextInt(4) > 0);
        } else if (dice < 512) {
            model.truncateMembers();
        } else if (dice < 550) {
            model.snapshot(random.nextInt(12) == 0);
        } else if (dice < 750) {
            subscribe(tenant, random);
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
            passTime();
        }
    }

    /// From where a client may be that has seen what the task told: at most where the task was, however long ago.
    private void subscribe(String tenant, Random random) {
        Target target = switch (random.nextInt(4)) {
            case 0 -> entity((random.nextBoolean() ? "source:" : "message:") + random.nextInt(8));
            case 1 -> channel("vault:" + random.nextInt(3));
            default -> channel("room:" + random.nextInt(3));
        };
        boolean several = target.getName().startsWith("room:") && random.nextBoolean();
        List<Principal> principals = several ? List.of(ALICE, BOB) : List.of(pick(PRINCIPALS, random));
        long start = Math.max(-1, furthest - 1 - random.nextInt(200) * random.nextInt(2));
        gateways.any(random).subscribe(tenant, principals, target, start);
    }

    /// The next record of either topic; nothing says of which.
    private void read(Random random) {
        boolean aChange = changesRead < model.end() && (commandsRead == commands.size() || random.nextBoolean());
        if (aChange) {
            Model.Logged next = model.at(changesRead);
            gateways.send(task.change(next.key(), changesRead, next.change()));
            furthest = Math.max(furthest, ++changesRead);
        } else if (commandsRead < commands.size()) {
            readCommand();
        }
    }

    private void readCommand() {
        Command next = commands.get(commandsRead++);
        gateways.send(task.command(next.tenant(), next.command()));
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
    private void passTime() {
        for (int i = 0; i < 2; i++) {
            gateways.attachAll();
            while (commandsRead < commands.size()) {
                readCommand();
            }
            commit();
            gateways.send(task.passTime(Duration.ofMillis(Samples.LEASE_MS * 2 / 3)));
        }
    }

    private static <T> T pick(List<T> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
