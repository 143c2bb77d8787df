package dev.rowcast.standalone.fleet;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.app.StreamsApp;
import dev.rowcast.streams.app.StreamsConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/// A broker, the topology, and gateways as processes; ingest is played by [Truth], which knows what it wrote.
final class World implements AutoCloseable {

    static final String CURSOR_SECRET = "a cursor secret for tests";
    private static final String JWT_SECRET = "a token secret for tests, 32 bytes long";
    private static final String CATALOG = """
            source: fleet
            tenancy: {column: site_id}
            journal: {changes: 5000}
            channels:
              room: {access: tenant}
            tables:
              public.notes: {entity: note, channels: ["room:{room_id}"], deliver: [id, room_id, text]}
            """;

    private final Path folder;
    private final EmbeddedParts parts;
    private final StreamsApp topology;
    private final Admin admin;
    private final TopicSerdes serdes;
    private final List<GatewayNode> nodes = new ArrayList<>();

    private World(Path folder) throws Exception {
        this.folder = folder;
        this.parts = EmbeddedParts.start(
                EmbeddedConfig.in(folder.resolve("parts")).withParts(EnumSet.of(Part.KAFKA, Part.REGISTRY)),
                StartListener.SILENT);
        String kafka = parts.kafka().bootstrapServers();
        this.admin = Admin.create(Map.of("bootstrap.servers", kafka));
        List<NewTopic> topics = new ArrayList<>(
                Topics.all().stream().map(topic -> topic.toNewTopic((short) 1)).toList());
        topics.add(Topics.rows("fleet", Topics.API_KEYS_TABLE).toNewTopic((short) 1));
        admin.createTopics(topics).all().get();
        this.serdes = new TopicSerdes(new RegistryClient(parts.registry().url()));
        serdes.register(Topics.CHANGES);
        this.topology = StreamsApp.start(
                StreamsConfig.of(
                        kafka,
                        parts.registry().url(),
                        Catalog.parse("fleet.yaml", CATALOG),
                        CURSOR_SECRET,
                        folder.resolve("streams")),
                new SimpleMeterRegistry());
    }

    /// @param folder for everything; it must be short enough for sockets' names
    /// @param gateways as many
    static World start(Path folder, int gateways) throws Exception {
        return start(folder, gateways, "simple");
    }

    private static World start(Path folder, int gateways, String leakDetection) throws Exception {
        World world = new World(folder);
        Awaitility.await().atMost(Duration.ofMinutes(3)).until(world.topology::ready);
        for (int i = 0; i < gateways; i++) {
            world.nodes.add(world.node(leakDetection).launch());
        }
        return world;
    }

    /// With every buffer watched, which costs a multiple.
    static World startWatched(Path folder, int gateways) throws Exception {
        return start(folder, gateways, "paranoid");
    }

    private GatewayNode node(String leakDetection) throws Exception {
        Path catalog = Files.writeString(folder.resolve("rowcast.yaml"), CATALOG);
        return new GatewayNode(
                Map.ofEntries(
                        Map.entry("KAFKA_BOOTSTRAP_SERVERS", parts.kafka().bootstrapServers()),
                        Map.entry("SCHEMA_REGISTRY_URL", parts.registry().url()),
                        Map.entry("ROWCAST_CATALOG", catalog.toString()),
                        Map.entry("ROWCAST_CURSOR_SECRET", CURSOR_SECRET),
                        Map.entry("ROWCAST_JWT_SECRET", JWT_SECRET),
                        Map.entry("ROWCAST_ADDRESS", "127.0.0.1"),
                        Map.entry("ROWCAST_LOG", "text"),
                        // Everybody comes from one address.
                        Map.entry("ROWCAST_LIMIT_CONNECTIONS_OF_ADDRESS", "20000"),
                        Map.entry("ROWCAST_LIMIT_CONNECTS_OF_ADDRESS", "1000000"),
                        Map.entry("ROWCAST_LIMIT_CONNECTS_PER_SECOND", "20000")),
                leakDetection,
                folder);
    }

    List<GatewayNode> nodes() {
        return nodes;
    }

    String kafka() {
        return parts.kafka().bootstrapServers();
    }

    TopicSerdes serdes() {
        return serdes;
    }

    /// Lets the log forget what is there now, as its retention does.
    void trim() throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> asked = new java.util.HashMap<>();
        for (int partition = 0; partition < Topics.CHANGES.partitions(); partition++) {
            asked.put(new TopicPartition(Topics.CHANGES.name(), partition), OffsetSpec.latest());
        }
        Map<TopicPartition, RecordsToDelete> ends = admin.listOffsets(asked).all().get().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        end -> RecordsToDelete.beforeOffset(end.getValue().offset())));
        admin.deleteRecords(ends).all().get();
    }

    static String token(String user, String tenant) {
        SignedJWT token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256),
                new JWTClaimsSet.Builder()
                        .subject(user)
                        .claim("tenant_id", tenant)
                        .expirationTime(Date.from(Instant.now().plus(Duration.ofHours(1))))
                        .build());
        try {
            token.sign(new MACSigner(JWT_SECRET));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    @Override
    public void close() throws Exception {
        nodes.forEach(GatewayNode::close);
        topology.close();
        admin.close();
        parts.close();
    }
}
