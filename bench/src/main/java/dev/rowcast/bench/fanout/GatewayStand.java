package dev.rowcast.bench.fanout;

import dev.rowcast.bench.broker.Broker;
import dev.rowcast.bench.machine.Cores;
import dev.rowcast.bench.subscribers.Driver;
import dev.rowcast.schemas.topic.Topics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/// All that takes part: a broker, the gateway on a core of its own, where its deliveries come from, and the clients.
final class GatewayStand implements Stand {

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
        /// @param more flags for its JVM
        GatewayUnderTest start(List<String> more) throws IOException;
    }

    private GatewayStand(
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
    static GatewayStand start(Path folder, Plan plan) throws IOException, InterruptedException, ExecutionException {
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
            Launch launch = more -> GatewayUnderTest.start(
                    broker,
                    folder,
                    catalog,
                    secrets,
                    gatewayCores,
                    Stream.concat(plan.flags().stream(), more.stream()).toList());
            GatewayUnderTest gateway = launch.start(List.of());
            started.addFirst(gateway);
            gateway.awaitReady();
            return new GatewayStand(broker, launch, gateway, feed, new Driver(), secrets, pinned);
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

    GatewayUnderTest gateway() {
        return gateway;
    }

    /// Another one in its place; nobody is connected.
    ///
    /// @param more flags for its JVM
    void restartGateway(List<String> more) throws IOException, InterruptedException {
        gateway.close();
        gateway = launch.start(more);
        gateway.awaitReady();
    }

    @Override
    public String name() {
        return "Rowcast";
    }

    @Override
    public Feed feed() {
        return feed;
    }

    @Override
    public InetSocketAddress address() {
        return gateway.address();
    }

    @Override
    public double seconds() throws IOException {
        return gateway.seconds();
    }

    @Override
    public double partsSeconds() throws IOException {
        return broker.seconds() + feed.seconds();
    }

    @Override
    public boolean pinned() {
        return pinned;
    }

    @Override
    public Driver driver() {
        return driver;
    }

    @Override
    public String credential(String tenant, int client) {
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
