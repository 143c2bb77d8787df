package dev.rowcast.gateway;

import dev.rowcast.gateway.app.EdgeSettings;
import dev.rowcast.gateway.app.GatewayProcess;
import dev.rowcast.gateway.app.TokenSettings;
import dev.rowcast.gateway.auth.TokenRules;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;

/// A running gateway.
///
/// ```java
/// try (Gateway gateway = Gateway.start(config)) {
///     …
/// }
/// ```
public final class Gateway implements AutoCloseable {

    private final GatewayProcess process;

    private Gateway(GatewayProcess process) {
        this.process = process;
    }

    /// Starts a gateway; returns when its ports are open. It is [#ready()] once it follows the log.
    ///
    /// @throws IllegalArgumentException when a secret is too short
    /// @throws RuntimeException when a port is taken
    public static Gateway start(GatewayConfig config) {
        return start(config, Map.of());
    }

    /// As [#start(GatewayConfig)], with endpoints of others in the same process on the port for operators.
    ///
    /// @param endpoints Spring Boot actuator endpoints by their ids
    public static Gateway start(GatewayConfig config, Map<String, Object> endpoints) {
        return new Gateway(GatewayProcess.start(config, endpoints));
    }

    /// The same configuration with the rules for tokens, limits, origins and proxies that environment variables give.
    /// Its own secret is good for tokens where they give neither another one nor an issuer's keys.
    ///
    /// @throws IllegalArgumentException naming the variable that is wrong
    public static GatewayConfig configured(GatewayConfig config, Map<String, String> environment) {
        TokenRules tokens = new TokenSettings(environment)
                .rules(() -> config.tokens().secret().orElseThrow());
        return new EdgeSettings(environment).onto(config.withTokens(tokens));
    }

    /// The port for clients.
    public int port() {
        return process.port();
    }

    /// The port for operators, on 127.0.0.1.
    public int managementPort() {
        return process.managementPort();
    }

    /// Where this process counts; others in the same process may count here too.
    public MeterRegistry meters() {
        return process.meters();
    }

    /// Whether it knows the keys, has its home partition, is attached everywhere, and the log moves.
    public boolean ready() {
        return process.ready();
    }

    /// How many clients are connected.
    public int connections() {
        return process.connections();
    }

    /// Tells every client to go elsewhere, one after the other, then stops; takes a few seconds longer than
    /// [dev.rowcast.gateway.limit.Limits#drain()] at most.
    @Override
    public void close() {
        process.close();
    }
}
