package dev.rowcast.standalone.stack;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.gateway.Gateway;
import dev.rowcast.gateway.GatewayConfig;
import dev.rowcast.gateway.policy.Policies;
import dev.rowcast.ingest.CacheClock;
import dev.rowcast.ingest.Ingest;
import dev.rowcast.ingest.IngestConfig;
import dev.rowcast.ingest.IngestState;
import dev.rowcast.ingest.app.SnapshotsEndpoint;
import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.snapshot.SnapshotProgress;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.streams.app.StreamsApp;
import dev.rowcast.streams.app.StreamsConfig;
import dev.rowcast.streams.app.server.AudienceEndpoint;
import dev.rowcast.streams.app.server.ExplainEndpoint;
import dev.rowcast.streams.evictor.Evictor;
import dev.rowcast.streams.evictor.EvictorConfig;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Postgres, Kafka, Redis, a schema registry and the three services in one process: started in the order of the flow.
public final class Stack implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Stack.class);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Executor ENDING =
            task -> Thread.ofPlatform().name("rowcast-end").start(task);

    private final StackSettings settings;
    private final StackListener listener;
    private final CompositeMeterRegistry meters = new CompositeMeterRegistry();
    private final Deque<AutoCloseable> services = new ArrayDeque<>();
    private @Nullable Parts parts;
    private @Nullable RedisLink redis;
    private final Catalog catalog;
    private final Secrets secrets;
    private final Addresses addresses;

    private Stack(StackSettings settings, StackListener listener) {
        this.settings = settings;
        this.listener = listener;
        this.catalog = Catalog.load(settings.catalogFile());
        this.secrets = Secrets.of(settings.data());
        this.addresses = startAll();
    }

    /// Starts everything and returns when a change would reach a subscriber.
    ///
    /// @throws RuntimeException naming what failed and the fix; what had started is stopped again
    public static Stack start(StackSettings settings, StackListener listener) {
        return new Stack(settings, listener);
    }

    /// Where everything is.
    public Addresses addresses() {
        return addresses;
    }

    /// Where the logs go.
    public static Path logFile(Path data) {
        return data.resolve("logs/rowcast.log");
    }

    private Addresses startAll() {
        try {
            FreePort.check("gateway", settings.port(), "--port");
            FreePort.check("gateway's management", settings.managementPort(), "--management-port");
            Parts started = Parts.start(settings, listener);
            parts = started;
            prepare(started);
            Addresses everything = startServices(started);
            everything.save(settings.data());
            return everything;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void prepare(Parts parts) {
        long begin = System.nanoTime();
        CompletableFuture<Void> topics =
                CompletableFuture.runAsync(() -> new TopicSetup(parts.kafka(), parts.registry()).run(catalog));
        if (settings.database().isEmpty()) {
            new DatabaseSetup(parts.database()).run(settings.setup());
        }
        settings.example().ifPresent(example -> {
            DatabaseSetup database = new DatabaseSetup(parts.database());
            database.run(example.resolve("schema.sql"));
            database.run(example.resolve("data.sql"));
            listener.ready("Example " + example.getFileName(), "its tables and rows are there", since(begin));
        });
        topics.join();
    }

    private Addresses startServices(Parts parts) {
        long begin = System.nanoTime();
        RedisLink caches = RedisLink.open(RedisConfig.of(parts.redis()));
        redis = caches;
        Ingest ingest = Ingest.start(ingestConfig(parts, caches), meters, this::tell);
        services.push(ingest);
        StreamsApp topology = StreamsApp.start(streamsConfig(parts), meters);
        services.push(topology);
        services.push(Evictor.start(
                EvictorConfig.of(parts.kafka(), parts.registry()),
                caches,
                new SharedCache(caches, SharedCacheConfig.DEFAULTS),
                meters));
        Gateway gateway = Gateway.start(
                gatewayConfig(parts),
                Map.of(
                        "snapshots",
                        new SnapshotsEndpoint(ingest),
                        "audience",
                        new AudienceEndpoint(topology),
                        "explain",
                        new ExplainEndpoint(topology)));
        services.push(gateway);
        meters.add(gateway.meters());
        await("Ingest", () -> ready(ingest));
        listener.ready("Ingest", "slot " + catalog.slot() + " → rowcast.changes", since(begin));
        await("Topology", topology::ready);
        listener.ready("Topology", "rowcast.changes → rowcast.deliveries", since(begin));
        await("Gateway", gateway::ready);
        String url = "http://localhost:" + gateway.port();
        listener.ready("Gateway", url, since(begin));
        return new Addresses(
                settings.catalogFile().toAbsolutePath().toString(),
                catalog.source(),
                parts.database(),
                parts.kafka(),
                parts.registry(),
                Optional.of(parts.redis()),
                url,
                "http://localhost:" + gateway.managementPort());
    }

    private void tell(IngestState state) {
        if (state instanceof IngestState.Snapshotting(SnapshotProgress progress)) {
            listener.snapshot(progress);
        }
    }

    /// What nobody can wait out is said at once; a commit that waits for a standby may come through.
    private static boolean ready(Ingest ingest) {
        if (ingest.state() instanceof IngestState.Down(Fault fault) && fault.code() != FaultCode.NOT_VISIBLE) {
            throw new IllegalStateException("%s; %s [%s]"
                    .formatted(fault.reason(), fault.fix(), fault.code().label()));
        }
        return ingest.ready();
    }

    private IngestConfig ingestConfig(Parts parts, RedisLink caches) {
        return IngestConfig.of(parts.database(), parts.kafka(), parts.registry(), catalog)
                .withCacheClock(new CacheClock(Optional.of(caches)))
                .withHeartbeatEvery(IngestConfig.BEAT_FOR_CACHES);
    }

    private StreamsConfig streamsConfig(Parts parts) {
        return StreamsConfig.of(
                parts.kafka(),
                parts.registry(),
                catalog,
                secrets.cursor(),
                settings.data().resolve("streams"));
    }

    private GatewayConfig gatewayConfig(Parts parts) {
        GatewayConfig config = GatewayConfig.of(
                        parts.kafka(), parts.registry(), catalog, secrets.cursor(), secrets.jwt())
                .withPorts(settings.port(), settings.managementPort())
                .withDatabase(parts.database())
                .withRedis(RedisConfig.of(parts.redis()));
        GatewayConfig limited = settings.limitsFile()
                .map(file -> config.withPolicies(Policies.load(file)))
                .orElse(config);
        return Gateway.configured(settings.page().map(limited::withPage).orElse(limited), System.getenv());
    }

    private static void await(String service, BooleanSupplier ready) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!ready.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("%s is not ready after %d s; its log says why [NOT_READY]"
                        .formatted(service, PATIENCE.toSeconds()));
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for " + service, e);
            }
        }
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    /// The services end side by side, because each of them may have to wait for others outside; then the parts that
    /// all of them stand on.
    @Override
    public void close() {
        List<CompletableFuture<Void>> ending = new ArrayList<>();
        while (!services.isEmpty()) {
            AutoCloseable service = services.pop();
            ending.add(CompletableFuture.runAsync(() -> end(service), ENDING));
        }
        ending.forEach(CompletableFuture::join);
        if (redis != null) {
            end(redis);
        }
        if (parts != null) {
            end(parts);
        }
    }

    private static void end(AutoCloseable running) {
        try {
            running.close();
        } catch (Exception e) {
            log.atWarn()
                    .addKeyValue("what", running.getClass().getSimpleName())
                    .setCause(e)
                    .log("Stop failed");
        }
    }
}
