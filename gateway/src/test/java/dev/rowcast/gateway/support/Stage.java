package dev.rowcast.gateway.support;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Registry;
import dev.rowcast.gateway.Gateway;
import dev.rowcast.gateway.GatewayConfig;
import dev.rowcast.gateway.limit.Limits;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.awaitility.Awaitility;

/// A gateway on real topics with the other side of its contract, and two keys. Topics are shared by the JVM's tests;
/// every stage has a source, and so a keys' topic, of its own.
public final class Stage implements AutoCloseable {

    public static final String CURSOR_SECRET = "a cursor secret for tests";
    public static final String JWT_SECRET = "a token secret for tests, 32 bytes long";
    private static int stages;

    private static final Schema ROW = SchemaBuilder.record("Value")
            .namespace("test")
            .fields()
            .requiredString("id")
            .requiredString("tenant")
            .requiredString("kind")
            .requiredString("hash")
            .name("scopes")
            .type()
            .array()
            .items()
            .stringType()
            .noDefault()
            .optionalString("revoked_at")
            .endRecord();
    private static final Schema ENVELOPE = SchemaBuilder.record("Envelope")
            .namespace("test")
            .fields()
            .name("before")
            .type()
            .optional()
            .type(ROW)
            .name("after")
            .type()
            .optional()
            .type(ROW)
            .requiredString("op")
            .endRecord();
    private static final Schema KEY = SchemaBuilder.record("Key")
            .namespace("test")
            .fields()
            .requiredString("id")
            .endRecord();

    public final TopologyStandIn topology;
    public final Gateway gateway;
    private final GatewayConfig config;
    private final String source;
    private final KafkaProducer<GenericRecord, GenericRecord> keys;

    /// @param registryUrl where the gateway finds the registry
    private Stage(Kafka kafka, Registry registry, String registryUrl, UnaryOperator<GatewayConfig> change) {
        synchronized (Stage.class) {
            source = "s" + ++stages;
        }
        var apiKeys = Topics.rows(source, Topics.API_KEYS_TABLE);
        createTopics(kafka.bootstrapServers(), apiKeys.toNewTopic((short) 1));
        TopicSerdes serdes = new TopicSerdes(new RegistryClient(registry.url()));
        // On a busy machine the first that a new registry keeps takes its time.
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptionsInstanceOf(RegistryException.class)
                .until(() -> {
                    serdes.register(apiKeys);
                    return true;
                });
        keys = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                serdes.key(apiKeys).serializer(),
                serdes.value(apiKeys).serializer());
        key("key-demo", "demo", "pk_demo", null);
        key("key-other", "other", "pk_other", null);
        key("key-split", "split", "pk_split", null);
        key("server-demo", "demo", "sk_demo", List.of("publish"), null);
        key("server-other", "other", "sk_other", List.of("publish"), null);
        topology = new TopologyStandIn(kafka.bootstrapServers(), registry.url(), CURSOR_SECRET);
        config = change.apply(
                GatewayConfig.of(kafka.bootstrapServers(), registryUrl, catalog(), CURSOR_SECRET, JWT_SECRET)
                        .withPorts(0, 0));
        gateway = another();
    }

    /// One more gateway of the same group, which the caller closes.
    public Gateway another() {
        Gateway started = starting();
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(started::ready);
        return started;
    }

    /// The same, as soon as its ports are open.
    public Gateway starting() {
        return Gateway.start(config);
    }

    public static Stage set(Kafka kafka, Registry registry) {
        return set(kafka, registry, config -> config);
    }

    /// With a registry that the gateway reaches at another address than everybody else.
    public static Stage withRegistryAt(String url, Kafka kafka, Registry registry) {
        return new Stage(kafka, registry, url, config -> config);
    }

    public static Stage set(Kafka kafka, Registry registry, UnaryOperator<GatewayConfig> change) {
        return new Stage(kafka, registry, registry.url(), change);
    }

    public static Stage withLimits(Kafka kafka, Registry registry, UnaryOperator<Limits> change) {
        return set(kafka, registry, config -> config.withLimits(change.apply(config.limits())));
    }

    private Catalog catalog() {
        return catalog(source);
    }

    /// Tenant `split` is in three parts.
    static Catalog catalog(String source) {
        try {
            return Catalog.parse("test.yaml", """
                    source: %s
                    tenancy: {column: site_id, shard-by: {channel: vault, shards: 3, tenants: [split]}}
                    channels:
                      vault: {access: tenant}
                      lobby: {access: tenant, presence: members, broadcast: true}
                      site: {access: tenant, broadcast: true}
                      room: {access: members, members: {table: public.members, channel: room_id, principal: user_id},
                             broadcast: true}
                      board: {access: public, broadcast: true}
                    tables:
                      public.vaults:  {entity: vault, channels: ["vault:{id}"]}
                      public.sources: {entity: source, channels: ["vault:{vault_id}", "site:{site_id}"],
                                       deliver: [id, vault_id, title]}
                      public.letters: {entity: letter, channels: ["site:{site_id}"],
                                       read: {columns: [body], row-security: true}}
                      public.guests:  {entity: guest, channels: ["lobby:{lobby_id}"], deliver: [id, name]}
                    reads:
                      "/shelf/{id}/sources": {entity: source, channel: "vault:{id}", ttl: 60s}
                      "/source/{id}": {entity: source, id: "{id}"}
                    events:
                      content.published: {channels: [site]}
                      content.archived: {channels: [site, vault]}
                    """.formatted(source));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /// Writes a key's row as ingest does.
    public void key(String id, String tenant, String key, String revokedAt) {
        key(id, tenant, key, List.of("subscribe"), revokedAt);
    }

    /// The same, of a key with these scopes.
    public void key(String id, String tenant, String key, List<String> scopes, String revokedAt) {
        GenericRecord row = new GenericRecordBuilder(ROW)
                .set("id", id)
                .set("tenant", tenant)
                .set("kind", key.startsWith("sk_") ? "secret" : "publishable")
                .set("hash", sha256(key))
                .set("scopes", scopes)
                .set("revoked_at", revokedAt)
                .build();
        GenericRecord envelope = new GenericRecordBuilder(ENVELOPE)
                .set("before", null)
                .set("after", row)
                .set("op", "u")
                .build();
        GenericRecord recordKey = new GenericRecordBuilder(KEY).set("id", id).build();
        try {
            keys.send(new ProducerRecord<>(
                            Topics.rows(source, Topics.API_KEYS_TABLE).name(), recordKey, envelope))
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /// Whether the gateway knows the key.
    public boolean isGood(String key) {
        try (EventStream stream =
                EventStream.open(gateway.port(), "/v1/events?channel=vault:0", "apikey: " + key + "\r\n")) {
            return stream.status() == 200;
        }
    }

    public EventStream events(String query) {
        return events(gateway, query);
    }

    public EventStream events(Gateway at, String query) {
        return EventStream.open(at.port(), "/v1/events?" + query, "apikey: pk_demo\r\n");
    }

    private static void createTopics(String bootstrapServers, NewTopic more) {
        List<NewTopic> topics = new ArrayList<>(
                Topics.all().stream().map(topic -> topic.toNewTopic((short) 1)).toList());
        topics.add(more);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            for (NewTopic topic : topics) {
                // A broker that got no processor time for a while is fenced until it is heard of again.
                Awaitility.await()
                        .ignoreExceptionsMatching(e -> e.getCause() instanceof InvalidReplicationFactorException)
                        .until(() -> exists(admin, topic));
            }
        }
    }

    private static boolean exists(Admin admin, NewTopic topic) throws InterruptedException, ExecutionException {
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
        return true;
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        gateway.close();
        topology.close();
        keys.close();
    }
}
