package dev.rowcast.streams.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.topic.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `rowcast.changes` is deleted and made again while no processor runs, on a broker of its own.
class RecreatedLogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TENANT = "tenant";
    private static final String NODE = "node";
    private static final int BEFORE = 40;
    private static final Principal ALICE = new Principal("alice", PrincipalKind.USER);
    private static final Target ROOM = new Target(TargetKind.CHANNEL, "room:1", "");
    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels:
              room: {access: members, members: {table: public.members, channel: room_id, principal: user_id}}
            tables: {public.messages: {entity: message, channels: ["room:{room_id}"]}}
            """);

    private final EmbeddedParts parts;
    private final StreamsConfig config;
    private Wire wire;

    RecreatedLogTest(@TempDir Path folder) {
        parts = EmbeddedParts.start(
                EmbeddedConfig.in(folder.resolve("parts"))
                        .withParts(EnumSet.of(Part.KAFKA, Part.REGISTRY))
                        .withKafkaSetting("broker.session.timeout.ms", "9000"),
                StartListener.SILENT);
        config = StreamsConfig.of(
                parts.kafka().bootstrapServers(),
                parts.registry().url(),
                CATALOG,
                "a secret of sixteen bytes or more",
                folder.resolve("state"));
    }

    @BeforeEach
    void connect() throws Exception {
        wire = new Wire(parts.kafka(), parts.registry(), CATALOG, 3);
    }

    @AfterEach
    void disconnect() {
        wire.close();
        parts.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {3, BEFORE + 20})
    @DisplayName("P2, P3: the processor goes on, everybody is reset, and who is a member is seen anew")
    void theProcessorGoesOnAndEverybodyIsReset(int changesMeanwhile) throws Exception {
        try (StreamsApp app = StreamsApp.start(config, new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(app::ready);
            wire.change(TENANT, member(1, Operation.CREATE));
            for (int i = 0; i < BEFORE; i++) {
                wire.change(TENANT, message(1, i));
            }
            attach();
            subscribe(1);
            until(Subscribed.class, answer -> answer.getAccepted().contains(ROOM));
            wire.untilSettled(TENANT, NODE);
        }
        recreate();
        for (int i = 0; i < changesMeanwhile; i++) {
            wire.change(TENANT, message(2, i));
        }

        wire.got.clear();
        try (StreamsApp app = StreamsApp.start(config, new SimpleMeterRegistry())) {
            await().atMost(PATIENCE).until(app::ready);
            wire.change(TENANT, message(2, 1_000));

            until(Reset.class, reset -> reset.getReason() == ResetReason.EPOCH);
            until(Revoked.class, revoked -> revoked.getPrincipal().equals(ALICE));
            assertThat(wire.got).noneMatch(each -> each.getBody() instanceof Frames);
            wire.change(TENANT, member(2, Operation.SNAPSHOT));
            attach();
            subscribe(2);
            until(
                    Subscribed.class,
                    answer -> answer.getRequest() == 2 && answer.getAccepted().contains(ROOM));
            wire.change(TENANT, message(2, 1_001));
            until(Frames.class, frames -> frames.getRequest() == null);
        }
    }

    private void recreate() throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", parts.kafka().bootstrapServers()))) {
            admin.deleteTopics(List.of(Topics.CHANGES.name())).all().get();
            await().atMost(PATIENCE)
                    .until(() -> !admin.listTopics().names().get().contains(Topics.CHANGES.name()));
            admin.createTopics(List.of(Topics.CHANGES.toNewTopic((short) 1)))
                    .all()
                    .get();
        }
        wire.close();
        wire = new Wire(parts.kafka(), parts.registry(), CATALOG, 3);
    }

    private void attach() {
        wire.command(TENANT, NODE, new Attach(3_600_000L));
        until(Attached.class, any -> true);
        wire.got.removeIf(each -> each.getBody() instanceof Attached);
    }

    /// From the node's own position.
    private void subscribe(long request) {
        wire.command(TENANT, NODE, new Subscribe(request, ALICE, List.of(ROOM), new Start(0L, -1L), List.of(), false));
    }

    private <T> void until(Class<T> type, Predicate<T> wanted) {
        await().atMost(PATIENCE).until(() -> {
            wire.poll();
            return wire.got.stream()
                    .anyMatch(each -> type.isInstance(each.getBody()) && wanted.test(type.cast(each.getBody())));
        });
    }

    private static Change member(long epoch, Operation op) {
        return change(epoch, "public.members", op, "1", Map.of("room_id", "1", "user_id", "\"alice\""), 50);
    }

    private static Change message(long epoch, int id) {
        return change(epoch, "public.messages", Operation.CREATE, "" + id, Map.of("room_id", "1"), 100L + id);
    }

    private static Change change(
            long epoch, String table, Operation op, String key, Map<String, String> after, long lsn) {
        Transaction tx = new Transaction(op == Operation.SNAPSHOT ? 0L : 1L, lsn, lsn + 100, 0L, 0, true);
        return new Change(epoch, "app", 0L, null, new RowChange(table, op, key, null, after, List.of(), lsn, tx));
    }
}
