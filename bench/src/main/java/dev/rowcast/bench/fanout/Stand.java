package dev.rowcast.bench.fanout;

import dev.rowcast.bench.broker.Broker;
import dev.rowcast.bench.machine.Cores;
import dev.rowcast.bench.subscribers.Crowd;
import dev.rowcast.bench.subscribers.Driver;
import dev.rowcast.bench.subscribers.Listening;
import dev.rowcast.bench.subscribers.Transport;
import dev.rowcast.bench.subscribers.Wish;
import dev.rowcast.schemas.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/// All that takes part: a broker, the gateway on a core of its own, where its deliveries come from, and the clients.
final class Stand implements AutoCloseable {

    static final String SOURCE = "bench";
    private static final String CATALOG = """
            source: bench
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant}
            tables:
              public.sources:
                entity: source
                channels: ["vault:{vault_id}"]
                deliver: [id, vault_id, title]
            """;

    private final Broker broker;
    private final Launch launch;
    private final Feed feed;
    private final Driver driver;
    private final Secrets secrets;
    private final boolean pinned;
    private GatewayUnderTest gateway;

    /// How a gateway is started.
    private interface Launch {
        GatewayUnderTest start() throws IOException;
    }

    private Stand(
            Broker broker,
            Launch launch,
            GatewayUnderTest gateway,
            Feed feed,
            Driver driver,
            Secrets secrets,
            boolean pinned) {
        this.broker = broker;
        this.launch = launch;
        this.gateway = gateway;
        this.feed = feed;
        this.driver = driver;
        this.secrets = secrets;
        this.pinned = pinned;
    }

    /// Starts everything; returns when the gateway is ready.
    ///
    /// @param folder for everything
    static Stand start(Path folder, Plan plan) throws IOException, InterruptedException, ExecutionException {
        boolean pinned = plan.pin() && Cores.canBeDivided();
        Cores gatewayCores = pinned ? Cores.first() : Cores.ALL;
        if (pinned) {
            // What this process starts has its cores; the gateway is given its own.
            Cores.others().holdThisProcess();
        }
        Secrets secrets = Secrets.fresh();
        Files.createDirectories(folder);
        Path catalog = Files.writeString(folder.resolve("rowcast.yaml"), CATALOG);
        Broker broker = Broker.start(folder);
        List<AutoCloseable> started = new ArrayList<>(List.of(broker));
        try {
            createTopics(broker);
            Feed feed = switch (plan.feed()) {
                case DELIVERIES -> new DeliveriesFeed(broker, secrets.cursor());
                case TOPOLOGY -> TopologyFeed.start(broker, folder, CATALOG);
            };
            started.addFirst(feed);
            Launch launch = () -> GatewayUnderTest.start(broker, folder, catalog, secrets, gatewayCores, plan.flags());
            GatewayUnderTest gateway = launch.start();
            started.addFirst(gateway);
            gateway.awaitReady();
            return new Stand(broker, launch, gateway, feed, new Driver(), secrets, pinned);
        } catch (RuntimeException | IOException | ExecutionException e) {
            for (AutoCloseable each : started) {
                closeQuietly(each, e);
            }
            throw e;
        }
    }

    private static void closeQuietly(AutoCloseable each, Exception cause) {
        try {
            each.close();
        } catch (Exception e) {
            cause.addSuppressed(e);
        }
    }

    private static void createTopics(Broker broker) throws ExecutionException, InterruptedException {
        List<NewTopic> topics = new ArrayList<>(
                Topics.all().stream().map(topic -> topic.toNewTopic((short) 1)).toList());
        topics.add(Topics.rows(SOURCE, Topics.API_KEYS_TABLE).toNewTopic((short) 1));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.kafka()))) {
            admin.createTopics(topics).all().get();
        }
    }

    Broker broker() {
        return broker;
    }

    GatewayUnderTest gateway() {
        return gateway;
    }

    /// Another one in its place; nobody is connected.
    void restartGateway() throws IOException, InterruptedException {
        gateway.close();
        gateway = launch.start();
        gateway.awaitReady();
    }

    Feed feed() {
        return feed;
    }

    /// Whether the gateway has a core of its own.
    boolean pinned() {
        return pinned;
    }

    /// Clients of a tenant that listen to one channel; nobody is connected yet.
    Crowd crowd(Transport transport, String tenant, int clients, int channel) {
        List<Listening> one = List.of(feed.listening(tenant, channel));
        return crowd(transport, tenant, clients, client -> one);
    }

    /// @param channels of a client, by its number
    Crowd crowd(Transport transport, String tenant, int clients, IntFunction<List<Listening>> channels) {
        return crowd(IntStream.range(0, clients)
                .mapToObj(client -> Wish.of(transport, credential(tenant, client), channels.apply(client)))
                .toList());
    }

    Crowd crowd(List<Wish> wishes) {
        return new Crowd(driver, gateway.address(), wishes);
    }

    String credential(String tenant, int client) {
        return secrets.credential(tenant, "user-" + client);
    }

    @Override
    public void close() throws InterruptedException {
        driver.close();
        gateway.close();
        feed.close();
        broker.close();
    }
}
