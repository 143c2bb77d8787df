package dev.rowcast.streams.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Catalog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a restarted processor remembers, on a real broker.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class ReplayFromTheLogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int HOME = 7;
    private static final int JOURNAL = 20;
    private static final int CHANGES = 3_000;
    private static final String TENANT = "tenant-that-resumes";
    private static final Target VAULT = new Target(TargetKind.CHANNEL, "vault:1", "");
    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels: {vault: {access: tenant}}
            tables: {public.sources: {entity: source, channels: ["vault:{vault_id}"]}}
            journal: {changes: %d}
            """.formatted(JOURNAL));

    private final Kafka kafka;
    private final Registry registry;
    private final StreamsConfig config;
    private Wire wire;

    ReplayFromTheLogTest(Kafka kafka, Registry registry, @TempDir Path stateDir) {
        this.kafka = kafka;
        this.registry = registry;
        config = StreamsConfig.of(
                kafka.bootstrapServers(), registry.url(), CATALOG, "a secret of sixteen bytes or more", stateDir);
    }

    @BeforeEach
    void connect() throws Exception {
        wire = new Wire(kafka, registry, CATALOG, HOME);
    }

    @AfterEach
    void disconnect() {
        wire.close();
    }

    @Test
    void aRestartTrimsNobodyAndOldCursorsAreServedFromTheLog() throws Exception {
        List<Long> offsets = new ArrayList<>();
        try (StreamsApp app = StreamsApp.start(config, new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(app::ready);
            for (int id = 0; id < CHANGES; id++) {
                offsets.add(wire.change(TENANT, Wire.source(id)));
            }
            attachedAt(offsets.getLast());
        }

        try (StreamsApp app = StreamsApp.start(config, new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(app::ready);
            attachedAt(offsets.getLast());

            assertThat(replayed(1, offsets.get(CHANGES - 10))).isEqualTo(offsets.subList(CHANGES - 9, CHANGES));
            assertThat(replayed(2, offsets.getFirst())).isEqualTo(offsets.subList(1, CHANGES));
        }
        assertThat(wire.got).extracting(Delivery::getBody).noneMatch(Reset.class::isInstance);
    }

    private void attachedAt(long offset) {
        await().atMost(PATIENCE).until(() -> {
            command(new Attach(3_600_000L));
            wire.poll();
            return wire.got.stream().anyMatch(each -> each.getBody() instanceof Attached && each.getOffset() >= offset);
        });
    }

    /// The offsets that a request is told before its answer.
    private List<Long> replayed(long request, long after) {
        wire.got.clear();
        command(new Subscribe(
                request,
                new Principal("alice", PrincipalKind.USER),
                List.of(VAULT),
                new Start(1L, after),
                List.of(),
                false));
        await().atMost(PATIENCE).until(() -> {
            wire.poll();
            return wire.got.stream()
                    .anyMatch(each -> each.getBody() instanceof Subscribed answer && answer.getRequest() == request);
        });
        return wire.got.stream()
                .map(Delivery::getBody)
                .filter(Frames.class::isInstance)
                .flatMap(body -> ((Frames) body).getFrames().stream())
                .map(Frame::getOffset)
                .toList();
    }

    private void command(Object body) {
        wire.command(TENANT, "node-that-resumes", body);
    }
}
