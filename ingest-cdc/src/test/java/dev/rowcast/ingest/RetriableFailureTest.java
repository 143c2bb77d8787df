package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.engine.CaptureEngine;
import dev.rowcast.ingest.engine.CaptureLimits;
import dev.rowcast.ingest.engine.CaptureListener;
import dev.rowcast.ingest.engine.Progress;
import dev.rowcast.ingest.engine.SideRows;
import dev.rowcast.ingest.engine.TransactionAssembler;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.ingest.publish.ProgressLog;
import dev.rowcast.ingest.publish.Publisher;
import dev.rowcast.ingest.publish.RecordEncoder;
import dev.rowcast.ingest.quarantine.Quarantine;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.registry.RegistryClient;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.connect.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The engine answers a failure that Connect calls retriable by asking for the next batch: the one that failed is
/// lost, and the slot moves past it. So nothing of that kind may come out of the handler.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class RetriableFailureTest {

    private static final int PARTITIONS = 8;

    static Stream<RuntimeException> failures() {
        return Stream.of(
                new RetriableException("the broker is away"),
                new TimeoutException("no answer from the broker"),
                new IllegalStateException(new RetriableException("wrapped")));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("I-1: a batch whose publishing failed retriably is not skipped: the engine ends, the next one has it")
    @MethodSource("failures")
    void aBatchThatFailedRetriablyIsNotSkipped(RuntimeException failure, EmbeddedParts parts) throws Exception {
        try (World world = World.ofNotes(parts)) {
            // Given
            world.runOnce();
            AtomicReference<@Nullable RuntimeException> next = new AtomicReference<>();
            KafkaSettings kafka = new KafkaSettings(parts.kafka().bootstrapServers(), 1_000_000);
            try (Publisher publisher = Publisher.open(kafka, "rowcast-ingest-rowcast_" + world.source)) {
                CaptureEngine engine = engine(world, kafka, publisher, next);
                CompletableFuture<Void> run = CompletableFuture.runAsync(
                        engine::run, task -> Thread.ofPlatform().start(task));
                insert(world, 1, 10);
                world.changes.untilRows(10);

                // When
                next.set(failure);
                insert(world, 11, 20);

                // Then
                assertThat(ended(run))
                        .isInstanceOfSatisfying(
                                FaultException.class,
                                e -> assertThat(e.fault().code()).isEqualTo(FaultCode.CAPTURE_FAILED));
            }
            try (Ingest ingest = world.startReady()) {
                world.changes.untilRows(20);
                assertThat(world.changes.keysOf("demo")).isEqualTo(world.notesOf("demo"));
                assertThat(ingest.ready()).isTrue();
            }
        }
    }

    private static void insert(World world, int from, int to) {
        for (int id = from; id <= to; id++) {
            world.execute("insert into notes values (%d, 'demo', 'x')".formatted(id));
        }
    }

    private static Throwable ended(CompletableFuture<Void> run) throws Exception {
        try {
            run.orTimeout(World.PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            return e.getCause() == null ? e : e.getCause();
        }
        throw new AssertionError("it goes on as if nothing had happened");
    }

    /// As a run makes it, but that the next batch fails with what is set.
    private static CaptureEngine engine(
            World world, KafkaSettings kafka, Publisher publisher, AtomicReference<@Nullable RuntimeException> next) {
        RegistryClient registry = new RegistryClient(world.parts.registry().url());
        RecordEncoder encoder = new RecordEncoder(registry, 1_000_000);
        Quarantine quarantine = new Quarantine(InstantSource.system());
        Progress progress = Progress.from(
                new ProgressLog(kafka, registry).latest(world.source).orElseThrow(),
                quarantine,
                InstantSource.system());
        return new CaptureEngine(
                world.url(),
                world.catalog,
                false,
                new TransactionAssembler(
                        world.catalog,
                        quarantine,
                        () -> {},
                        encoder,
                        progress,
                        CaptureLimits.DEFAULT,
                        PARTITIONS,
                        SideRows.NONE,
                        table -> {},
                        new Deaf()),
                encoder,
                xids -> {
                    RuntimeException failure = next.getAndSet(null);
                    if (failure != null) {
                        throw failure;
                    }
                },
                publisher,
                new Deaf());
    }

    private static final class Deaf implements CaptureListener {
        @Override
        public void snapshotRow(TableName table) {}

        @Override
        public void snapshotDone() {}

        @Override
        public void published(int rows) {}

        @Override
        public void captured(int rows, long delayUs) {}

        @Override
        public void heartbeat() {}

        @Override
        public void deadLetter(String table, String code) {}
    }
}
