package dev.rowcast.standalone.cli;

import dev.rowcast.embedded.Part;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.standalone.stack.Stack;
import dev.rowcast.standalone.stack.StackSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Everything in one process, until it is told to end.
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = "Starts Postgres, Kafka, Redis, a schema registry and Rowcast itself, with an example.",
        sortOptions = false)
final class UpCommand implements Callable<Integer> {

    private static final Duration STOP_WITHIN = Duration.ofSeconds(9);

    @Mixin
    private final Home home = new Home();

    @Option(names = "--example", description = "A folder of examples/ to start with (default: vaults).")
    private String example = "vaults";

    @Option(
            names = "--catalog",
            paramLabel = "FILE",
            defaultValue = "${env:ROWCAST_CATALOG}",
            description = "Your rowcast.yaml, instead of an example.")
    private Optional<Path> catalog = Optional.empty();

    @Option(
            names = "--page",
            paramLabel = "DIR",
            defaultValue = "${env:ROWCAST_PAGE}",
            description = "A folder to serve at / (default: the example's).")
    private Optional<Path> page = Optional.empty();

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            defaultValue = "${env:DATABASE_URL}",
            description = "Your Postgres, instead of the embedded one; needs --catalog.")
    private Optional<String> database = Optional.empty();

    @Option(
            names = "--kafka",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:KAFKA_BOOTSTRAP_SERVERS}",
            description = "Your Kafka, instead of the embedded one.")
    private Optional<String> kafka = Optional.empty();

    @Option(
            names = "--redis",
            paramLabel = "URL",
            defaultValue = "${env:REDIS_URL}",
            description = "Your Redis, instead of the embedded one.")
    private Optional<String> redis = Optional.empty();

    @Option(
            names = "--registry",
            paramLabel = "URL",
            defaultValue = "${env:SCHEMA_REGISTRY_URL}",
            description = "Your schema registry, instead of the embedded one.")
    private Optional<String> registry = Optional.empty();

    @Option(
            names = "--port",
            defaultValue = "" + StackSettings.PORT,
            description = "Gateway (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--management-port",
            defaultValue = "" + StackSettings.MANAGEMENT_PORT,
            description = "Health and metrics (default: ${DEFAULT-VALUE}).")
    private int managementPort;

    @Option(
            names = "--postgres-port",
            defaultValue = "15432",
            description = "Embedded Postgres (default: ${DEFAULT-VALUE}).")
    private int postgresPort;

    @Option(names = "--kafka-port", defaultValue = "19092", description = "Embedded Kafka (default: ${DEFAULT-VALUE}).")
    private int kafkaPort;

    @Option(names = "--redis-port", defaultValue = "16379", description = "Embedded Redis (default: ${DEFAULT-VALUE}).")
    private int redisPort;

    @Option(
            names = "--registry-port",
            defaultValue = "18081",
            description = "Embedded registry (default: ${DEFAULT-VALUE}).")
    private int registryPort;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        Logs.into(Stack.logFile(home.data()));
        Checklist checklist = new Checklist(spec.commandLine().getOut());
        checklist.title("Rowcast 0.1.0, data in " + home.data());
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> endWith(end, ended), "rowcast-stop"));
        try (Stack stack = Stack.start(settings(), checklist)) {
            checklist.done(stack.addresses(), Stack.logFile(home.data()));
            end.await();
            checklist.title("Stopping.");
        } finally {
            ended.countDown();
        }
        return 0;
    }

    /// Lets the main thread stop everything in order, but not for ever: a person pressed Ctrl-C. What is left
    /// then, the programs of the embedded parts, is told to end as well.
    private static void endWith(CountDownLatch end, CountDownLatch ended) {
        end.countDown();
        try {
            if (!ended.await(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                ProcessHandle.current().descendants().forEach(ProcessHandle::destroy);
                Runtime.getRuntime().halt(1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private StackSettings settings() {
        Optional<Path> started = catalog.isPresent()
                ? Optional.empty()
                : Optional.of(home.folder().resolve("examples").resolve(example));
        return new StackSettings(
                home.data(),
                home.folder().resolve("infra/postgres/setup.sql"),
                started,
                catalog,
                page.or(() -> started.map(folder -> folder.resolve("page"))),
                port,
                managementPort,
                Map.of(
                        Part.POSTGRES, postgresPort,
                        Part.KAFKA, kafkaPort,
                        Part.REDIS, redisPort,
                        Part.REGISTRY, registryPort),
                database.map(DatabaseUrl::parse),
                kafka,
                redis,
                registry);
    }
}
