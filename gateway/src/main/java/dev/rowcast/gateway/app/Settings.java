package dev.rowcast.gateway.app;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.gateway.GatewayConfig;
import dev.rowcast.gateway.app.GatewayProcess.LogFormat;
import dev.rowcast.gateway.edge.Web;
import dev.rowcast.gateway.limit.Flow;
import dev.rowcast.gateway.limit.Limits;
import dev.rowcast.gateway.limit.PublishLimits;
import dev.rowcast.gateway.policy.Policies;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogException;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// Environment variables to a configuration: the one place for their names and defaults.
record Settings(Map<String, String> environment) {

    private static final int LARGEST_PORT = 65_535;

    GatewayConfig config() throws CatalogException {
        GatewayConfig config = new GatewayConfig(
                port("ROWCAST_PORT", GatewayConfig.DEFAULT_PORT),
                optional("ROWCAST_ADDRESS").orElse("0.0.0.0"),
                port("ROWCAST_MANAGEMENT_PORT", GatewayConfig.DEFAULT_MANAGEMENT_PORT),
                optional("ROWCAST_MANAGEMENT_ADDRESS").orElse(GatewayConfig.LOOPBACK),
                required("KAFKA_BOOTSTRAP_SERVERS"),
                required("SCHEMA_REGISTRY_URL"),
                Catalog.load(Path.of(required("ROWCAST_CATALOG"))),
                required("ROWCAST_CURSOR_SECRET"),
                new TokenSettings(environment).rules(() -> required("ROWCAST_JWT_SECRET")),
                optional("DATABASE_URL").map(DatabaseUrl::parse),
                optional("REDIS_URL").map(RedisConfig::of),
                optional("ROWCAST_PAGE").map(Path::of),
                Web.DEFAULTS,
                limits(),
                Policies.NONE,
                publish());
        return new EdgeSettings(environment).onto(config);
    }

    private Limits limits() {
        Limits limits = Limits.DEFAULTS;
        return limits.withFlow(flow())
                .withPoll(seconds("ROWCAST_POLL_SECONDS", limits.poll()))
                .withDrain(seconds("ROWCAST_DRAIN_SECONDS", limits.drain()));
    }

    private Duration seconds(String name, Duration fallback) {
        return Duration.ofSeconds(number(name, Math.toIntExact(fallback.toSeconds())));
    }

    private PublishLimits publish() {
        PublishLimits limits = PublishLimits.DEFAULTS;
        return limits.withEventsPerSecond(number("ROWCAST_PUBLISH_EVENTS_PER_SECOND", limits.eventsPerSecond()))
                .withWaiting(number("ROWCAST_PUBLISH_WAITING", Math.toIntExact(limits.waiting())));
    }

    private Flow flow() {
        Flow flow = Flow.DEFAULTS;
        return new Flow(
                number("ROWCAST_PENDING_BYTES", flow.pendingBytes()),
                number("ROWCAST_PENDING_FRAMES", flow.pendingFrames()),
                number("ROWCAST_LOW_WATER", flow.lowWater()),
                number("ROWCAST_HIGH_WATER", flow.highWater()),
                number("ROWCAST_NOT_SENT_LOW_AT", flow.notSentLowAt()),
                number("ROWCAST_REPLAY_BYTES", flow.replayBytes()),
                number("ROWCAST_TURN_BYTES", flow.turnBytes()),
                seconds("ROWCAST_LINGER_SECONDS", flow.linger()),
                seconds("ROWCAST_UNANSWERED_SECONDS", flow.unanswered()),
                optional("ROWCAST_PENDING_MIB_OF_NODE")
                        .map(text -> (long) number("ROWCAST_PENDING_MIB_OF_NODE", text) << 20)
                        .orElse(flow.nodeBytes()));
    }

    private int number(String name, int fallback) {
        return optional(name).map(text -> number(name, text)).orElse(fallback);
    }

    private static int number(String name, String text) {
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw new IllegalArgumentException(
                    "%s must be a whole number from 1 to 999999999, is '%s'".formatted(name, text));
        }
        return Integer.parseInt(text);
    }

    LogFormat logFormat() {
        String text = optional("ROWCAST_LOG").orElse("json");
        return switch (text) {
            case "json" -> LogFormat.JSON;
            case "text" -> LogFormat.TEXT;
            default -> throw new IllegalArgumentException("ROWCAST_LOG must be json or text, is '%s'".formatted(text));
        };
    }

    private int port(String name, int fallback) {
        return optional(name).map(text -> port(name, text)).orElse(fallback);
    }

    private static int port(String name, String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) > LARGEST_PORT) {
            throw new IllegalArgumentException(
                    "%s must be a port number from 0 to %d, is '%s'".formatted(name, LARGEST_PORT, text));
        }
        return Integer.parseInt(text);
    }

    private String required(String name) {
        return optional(name).orElseThrow(() -> new IllegalArgumentException("set the variable " + name));
    }

    private Optional<String> optional(String name) {
        return Variables.optional(environment, name);
    }
}
