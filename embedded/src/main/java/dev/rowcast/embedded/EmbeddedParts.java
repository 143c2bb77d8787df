package dev.rowcast.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The parts that one process starts: real, persistent, started side by side, stopped in reverse.
///
/// Safe for use by several threads.
public final class EmbeddedParts implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedParts.class);

    private final Map<Part, EmbeddedPart> running = new EnumMap<>(Part.class);
    private final EmbeddedConfig config;
    private final StartListener listener;
    private final FolderLock lock;

    private EmbeddedParts(EmbeddedConfig config, StartListener listener, FolderLock lock) {
        this.config = config;
        this.listener = listener;
        this.lock = lock;
    }

    /// Starts the parts that the configuration asks for and waits for all of them. When one fails the others are
    /// stopped again.
    ///
    /// @throws EmbeddedException for the first part that failed; further failures are suppressed in it
    public static EmbeddedParts start(EmbeddedConfig config, StartListener listener) {
        Path folder = Folders.create(config.folder());
        var parts = new EmbeddedParts(config, listener, FolderLock.take(folder));
        try {
            Folders.clearDrafts(folder);
            parts.startAlso(config.parts());
        } catch (RuntimeException e) {
            try {
                parts.close();
            } catch (RuntimeException onClose) {
                e.addSuppressed(onClose);
            }
            throw e;
        }
        return parts;
    }

    /// Stops what a dead process left running in the folder.
    ///
    /// @return false when the process lives, and nothing was touched
    public static boolean clearOrphans(Path folder) {
        Path real = Folders.create(folder);
        var lock = FolderLock.tryTake(real);
        lock.ifPresent(held -> {
            try (held) {
                Postgres.clearOrphans(real.resolve(Postgres.FOLDER));
                Redis.clearOrphan(real.resolve(Redis.FOLDER));
            }
        });
        return lock.isPresent();
    }

    /// Starts those of the parts that were not started yet, with the same configuration.
    public void startAlso(Set<Part> parts) {
        try (var threads = Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name("embedded-start-", 1).factory())) {
            startAll(parts, threads);
        }
    }

    private synchronized void startAll(Set<Part> parts, Executor threads) {
        var starts = new EnumMap<Part, CompletableFuture<Void>>(Part.class);
        Map<Part, Supplier<EmbeddedPart>> first = Map.of(
                Part.POSTGRES, () -> Postgres.start(config),
                Part.KAFKA, () -> Kafka.start(config),
                Part.REDIS, () -> Redis.start(config));
        first.forEach((part, starter) -> {
            if (isMissing(part, parts)) {
                starts.put(part, CompletableFuture.runAsync(() -> startOne(part, starter), threads));
            }
        });
        if (isMissing(Part.REGISTRY, parts)) {
            var kafka = starts.getOrDefault(Part.KAFKA, CompletableFuture.completedFuture(null));
            starts.put(Part.REGISTRY, kafka.thenRunAsync(() -> startOne(Part.REGISTRY, this::startRegistry), threads));
        }
        awaitAll(List.copyOf(starts.values()));
    }

    private boolean isMissing(Part part, Set<Part> wanted) {
        return wanted.contains(part) && part(part, EmbeddedPart.class).isEmpty();
    }

    private Registry startRegistry() {
        String broker = part(Part.KAFKA, Kafka.class)
                .map(Kafka::bootstrapServers)
                .or(config::registryKafka)
                .orElseThrow();
        return Registry.start(config, broker);
    }

    private void startOne(Part part, Supplier<EmbeddedPart> starter) {
        long begin = System.nanoTime();
        EmbeddedPart started = starter.get();
        synchronized (running) {
            running.put(part, started);
        }
        var took = Duration.ofNanos(System.nanoTime() - begin);
        log.atInfo()
                .addKeyValue("part", part)
                .addKeyValue("port", started.port())
                .addKeyValue("took", took)
                .log("Part ready");
        listener.ready(part, started.port(), took);
    }

    /// Waits for every start, also after a failure: what is half started cannot be stopped.
    private static void awaitAll(List<CompletableFuture<Void>> starts) {
        Optional<RuntimeException> failure = Optional.empty();
        for (var start : starts) {
            try {
                start.join();
            } catch (CompletionException e) {
                var cause = e.getCause() instanceof RuntimeException runtime ? runtime : e;
                failure.filter(earlier -> !earlier.equals(cause)).ifPresent(earlier -> earlier.addSuppressed(cause));
                failure = failure.or(() -> Optional.of(cause));
            }
        }
        failure.ifPresent(e -> {
            throw e;
        });
    }

    /// @throws IllegalStateException when Postgres was not asked for
    public Postgres postgres() {
        return require(Part.POSTGRES, Postgres.class);
    }

    /// @throws IllegalStateException when Kafka was not asked for
    public Kafka kafka() {
        return require(Part.KAFKA, Kafka.class);
    }

    /// @throws IllegalStateException when Redis was not asked for
    public Redis redis() {
        return require(Part.REDIS, Redis.class);
    }

    /// @throws IllegalStateException when the registry was not asked for
    public Registry registry() {
        return require(Part.REGISTRY, Registry.class);
    }

    private <T extends EmbeddedPart> T require(Part part, Class<T> type) {
        return part(part, type)
                .orElseThrow(() -> new IllegalStateException(part + " was not among the parts asked for"));
    }

    private <T extends EmbeddedPart> Optional<T> part(Part part, Class<T> type) {
        synchronized (running) {
            return Optional.ofNullable(running.get(part)).map(type::cast);
        }
    }

    /// Stops all parts, last first, and lets go of the folder. Closing twice changes nothing.
    @Override
    public void close() {
        Optional<RuntimeException> failure = Optional.empty();
        for (Part part : Arrays.asList(Part.values()).reversed()) {
            try {
                part(part, EmbeddedPart.class).ifPresent(EmbeddedPart::stop);
            } catch (RuntimeException e) {
                log.atError().addKeyValue("part", part).setCause(e).log("Part did not stop cleanly");
                failure = failure.or(() -> Optional.of(e));
            }
        }
        lock.close();
        failure.ifPresent(e -> {
            throw e;
        });
    }
}
