package dev.rowcast.gateway;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.gateway.auth.TokenRules;
import dev.rowcast.gateway.edge.Web;
import dev.rowcast.gateway.limit.Limits;
import dev.rowcast.gateway.limit.PublishLimits;
import dev.rowcast.gateway.policy.Policies;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/// What a gateway needs to start.
///
/// @param port for clients; 0 takes a free one
/// @param address to listen on for clients, such as `127.0.0.1` or `0.0.0.0`
/// @param managementPort for operators; 0 takes a free one
/// @param managementAddress to listen on for operators; anything but 127.0.0.1 needs a network that keeps others out
/// @param bootstrapServers Kafka's
/// @param registryUrl the schema registry's
/// @param catalog names the source, whose captured keys let clients in, and what the read API serves
/// @param cursorSecret at least 16 bytes, the same for the topology and every gateway
/// @param tokens which tokens let in
/// @param database for the read API; without one it answers that it is not there
/// @param redis what the gateways share beside the log; without one each counts and remembers by itself
/// @param page a folder that is served at `/`
/// @param web other origins and trusted proxies
/// @param policies limits that all gateways count together
/// @param publish how much may be published over HTTP
public record GatewayConfig(
        int port,
        String address,
        int managementPort,
        String managementAddress,
        String bootstrapServers,
        String registryUrl,
        Catalog catalog,
        String cursorSecret,
        TokenRules tokens,
        Optional<DatabaseUrl> database,
        Optional<RedisConfig> redis,
        Optional<Path> page,
        Web web,
        Limits limits,
        Policies policies,
        PublishLimits publish) {

    public static final int DEFAULT_PORT = 8080;
    public static final int DEFAULT_MANAGEMENT_PORT = 8081;

    /// Only this machine.
    public static final String LOOPBACK = "127.0.0.1";

    private static final int LARGEST_PORT = 65_535;

    public GatewayConfig {
        checkPort("port", port);
        checkPort("managementPort", managementPort);
    }

    /// The default ports on 127.0.0.1, without read API, Redis and page.
    ///
    /// @param jwtSecret at least 32 bytes, shared with whoever issues tokens
    public static GatewayConfig of(
            String bootstrapServers, String registryUrl, Catalog catalog, String cursorSecret, String jwtSecret) {
        return new GatewayConfig(
                DEFAULT_PORT,
                LOOPBACK,
                DEFAULT_MANAGEMENT_PORT,
                LOOPBACK,
                bootstrapServers,
                registryUrl,
                catalog,
                cursorSecret,
                TokenRules.ofSecret(jwtSecret),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Web.DEFAULTS,
                Limits.DEFAULTS,
                Policies.NONE,
                PublishLimits.DEFAULTS);
    }

    public GatewayConfig withPorts(int newPort, int newManagementPort) {
        return with(draft -> {
            draft.port = newPort;
            draft.managementPort = newManagementPort;
        });
    }

    public GatewayConfig withAddress(String newAddress) {
        return with(draft -> draft.address = newAddress);
    }

    public GatewayConfig withTokens(TokenRules newTokens) {
        return with(draft -> draft.tokens = newTokens);
    }

    public GatewayConfig withDatabase(DatabaseUrl newDatabase) {
        return with(draft -> draft.database = Optional.of(newDatabase));
    }

    public GatewayConfig withRedis(RedisConfig newRedis) {
        return with(draft -> draft.redis = Optional.of(newRedis));
    }

    public GatewayConfig withPage(Path newPage) {
        return with(draft -> draft.page = Optional.of(newPage));
    }

    public GatewayConfig withWeb(Web newWeb) {
        return with(draft -> draft.web = newWeb);
    }

    public GatewayConfig withLimits(Limits newLimits) {
        return with(draft -> draft.limits = newLimits);
    }

    public GatewayConfig withPolicies(Policies newPolicies) {
        return with(draft -> draft.policies = newPolicies);
    }

    public GatewayConfig withPublish(PublishLimits newPublish) {
        return with(draft -> draft.publish = newPublish);
    }

    private GatewayConfig with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.build();
    }

    /// What may be set differently, while it is.
    private static final class Draft {
        private final GatewayConfig base;
        int port;
        String address;
        int managementPort;
        TokenRules tokens;
        Optional<DatabaseUrl> database;
        Optional<RedisConfig> redis;
        Optional<Path> page;
        Web web;
        Limits limits;
        Policies policies;
        PublishLimits publish;

        Draft(GatewayConfig base) {
            this.base = base;
            this.port = base.port;
            this.address = base.address;
            this.managementPort = base.managementPort;
            this.tokens = base.tokens;
            this.database = base.database;
            this.redis = base.redis;
            this.page = base.page;
            this.web = base.web;
            this.limits = base.limits;
            this.policies = base.policies;
            this.publish = base.publish;
        }

        GatewayConfig build() {
            return new GatewayConfig(
                    port,
                    address,
                    managementPort,
                    base.managementAddress,
                    base.bootstrapServers,
                    base.registryUrl,
                    base.catalog,
                    base.cursorSecret,
                    tokens,
                    database,
                    redis,
                    page,
                    web,
                    limits,
                    policies,
                    publish);
        }
    }

    /// Leaves the secrets out.
    @Override
    public String toString() {
        return "GatewayConfig[address=%s, port=%d, managementPort=%d, kafka=%s, registry=%s, source=%s, database=%s]"
                .formatted(
                        address,
                        port,
                        managementPort,
                        bootstrapServers,
                        registryUrl,
                        catalog.source(),
                        database.map(DatabaseUrl::toString).orElse("none"));
    }

    private static void checkPort(String name, int port) {
        if (port < 0 || port > LARGEST_PORT) {
            throw new IllegalArgumentException("%s must be 0 to %d, is %d".formatted(name, LARGEST_PORT, port));
        }
    }
}
