package dev.rowcast.gateway.app;

import dev.rowcast.gateway.GatewayConfig;
import dev.rowcast.gateway.edge.Origins;
import dev.rowcast.gateway.edge.Web;
import dev.rowcast.gateway.limit.ConnectionLimits;
import dev.rowcast.gateway.limit.HttpLimits;
import dev.rowcast.gateway.limit.Limits;
import dev.rowcast.gateway.limit.MessageLimits;
import dev.rowcast.gateway.limit.Quota;
import dev.rowcast.gateway.limit.Rate;
import dev.rowcast.gateway.policy.Policies;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Environment variables to limits and to what lies between the gateway and browsers. All of them have defaults, and
/// mean the same for a gateway of its own and for one in the process of everything.
public record EdgeSettings(Map<String, String> environment) {

    /// The same configuration with what the variables say.
    ///
    /// @throws IllegalArgumentException naming the variable that is wrong
    public GatewayConfig onto(GatewayConfig config) {
        Limits limits = config.limits();
        return config.withWeb(web(config.web()))
                .withPolicies(policies(config.policies()))
                .withLimits(limits.withConnections(this::connections)
                        .withMessages(this::messages)
                        .withHttp(this::http)
                        .withSubscriptions(number("ROWCAST_LIMIT_SUBSCRIPTIONS", limits.subscriptions())));
    }

    /// Those of the profiles first, so that the file has the last word.
    private Policies policies(Policies policies) {
        Policies profiles = named(
                        "ROWCAST_LIMITS_PROFILE",
                        text -> Arrays.stream(text.split(","))
                                .map(String::strip)
                                .map(Policies::profile)
                                .reduce(Policies.NONE, Policies::and))
                .orElse(Policies.NONE);
        Policies file = Variables.optional(environment, "ROWCAST_LIMITS")
                .map(name -> Policies.load(Path.of(name)))
                .orElse(Policies.NONE);
        return policies.and(profiles).and(file);
    }

    private Web web(Web web) {
        Origins origins = named("ROWCAST_ORIGINS", Origins::parse).orElse(web.origins());
        return named("ROWCAST_TRUSTED_PROXIES", text -> new Web(origins, number("ROWCAST_TRUSTED_PROXIES", text)))
                .orElse(new Web(origins, web.trustedProxies()));
    }

    private ConnectionLimits connections(ConnectionLimits all) {
        int address = number("ROWCAST_LIMIT_CONNECTIONS_OF_ADDRESS", all.address());
        // More than there are connections, so that nobody who sets the one has to know of the other.
        int sockets = Math.max(all.sockets(), ConnectionLimits.SOCKETS_FOR_EACH * address);
        return all.withNode(number("ROWCAST_LIMIT_CONNECTIONS", all.node()))
                .withTenant(number("ROWCAST_LIMIT_CONNECTIONS_OF_TENANT", all.tenant()))
                .withUser(number("ROWCAST_LIMIT_CONNECTIONS_OF_USER", all.user()))
                .withKey(number("ROWCAST_LIMIT_CONNECTIONS_OF_KEY", all.key()))
                .withAddress(address)
                .withSockets(number("ROWCAST_LIMIT_SOCKETS_OF_ADDRESS", sockets))
                .withConnects(rate("ROWCAST_LIMIT_CONNECTS_PER_SECOND", all.connects()))
                .withConnectsOfAddress(quota("ROWCAST_LIMIT_CONNECTS_OF_ADDRESS", all.connectsOfAddress()));
    }

    private MessageLimits messages(MessageLimits all) {
        return all.withMessages(rate("ROWCAST_LIMIT_MESSAGES_PER_SECOND", all.messages()))
                .withSubscribes(rate("ROWCAST_LIMIT_SUBSCRIBES_PER_SECOND", all.subscribes()));
    }

    private HttpLimits http(HttpLimits all) {
        return all.withGlobal(quota("ROWCAST_LIMIT_REQUESTS_OF_ADDRESS", all.global()))
                .withRead(quota("ROWCAST_LIMIT_READS", all.read()))
                .withPublish(quota("ROWCAST_LIMIT_PUBLISHES", all.publish()))
                .withTickets(quota("ROWCAST_LIMIT_TICKETS", all.tickets()))
                .withAttempts(quota("ROWCAST_LIMIT_ATTEMPTS", all.attempts()));
    }

    /// A minute's.
    private Quota quota(String name, Quota fallback) {
        return named(name, text -> Quota.perMinute(number(name, text))).orElse(fallback);
    }

    /// A second's, with bursts in the proportion of the default.
    private Rate rate(String name, Rate fallback) {
        return named(name, text -> {
                    int perSecond = number(name, text);
                    long burst = (long) perSecond * fallback.burst() / fallback.perSecond();
                    return new Rate(perSecond, (int) Math.clamp(burst, 1, Integer.MAX_VALUE));
                })
                .orElse(fallback);
    }

    private int number(String name, int fallback) {
        return named(name, text -> number(name, text)).orElse(fallback);
    }

    private static int number(String name, String text) {
        if (!text.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("%s must be a whole number, is '%s'".formatted(name, text));
        }
        return Integer.parseInt(text);
    }

    /// What is refused is told with the variable's name.
    private <T> Optional<T> named(String name, Function<String, T> make) {
        Optional<String> text = Variables.optional(environment, name);
        try {
            return text.map(make);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
    }
}
