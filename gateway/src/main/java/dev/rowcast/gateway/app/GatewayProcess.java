package dev.rowcast.gateway.app;

import dev.rowcast.gateway.GatewayConfig;
import dev.rowcast.gateway.channel.Census;
import dev.rowcast.gateway.health.Readiness;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;

/// A gateway as a Spring application inside this JVM.
public final class GatewayProcess implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    private GatewayProcess(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /// How the process writes its log.
    public enum LogFormat {
        /// A line of JSON each, for whoever collects it.
        JSON,
        /// For people.
        TEXT
    }

    /// Starts one that logs as text.
    ///
    /// @param endpoints further ones for operators, by their ids
    public static GatewayProcess start(GatewayConfig config, Map<String, Object> endpoints) {
        return start(config, endpoints, LogFormat.TEXT);
    }

    static GatewayProcess start(GatewayConfig config, Map<String, Object> endpoints, LogFormat format) {
        // Settings are given as arguments because nothing overrides those: no file, no variable of the environment.
        return new GatewayProcess(new SpringApplicationBuilder(GatewayBeans.class)
                .web(WebApplicationType.REACTIVE)
                .bannerMode(Banner.Mode.OFF)
                .logStartupInfo(false)
                .registerShutdownHook(false)
                .initializers(fresh -> {
                    fresh.getBeanFactory().registerSingleton("gatewayConfig", config);
                    endpoints.forEach(
                            (id, endpoint) -> fresh.getBeanFactory().registerSingleton(id + "Endpoint", endpoint));
                })
                .run(
                        "--server.port=" + config.port(),
                        "--server.address=" + config.address(),
                        // Our own drain comes first; the server knows only requests that are short.
                        "--server.shutdown=immediate",
                        "--server.http2.enabled=false",
                        // Only the trusted proxies are believed, see Proxies; a platform's default must not be.
                        "--server.forward-headers-strategy=none",
                        "--management.server.port=" + config.managementPort(),
                        "--management.server.address=" + config.managementAddress(),
                        "--management.endpoints.web.exposure.include=health,info,prometheus,deliveries,keys"
                                + endpoints.keySet().stream()
                                        .map(id -> "," + id)
                                        .collect(Collectors.joining()),
                        "--management.endpoints.access.default=read-only",
                        "--management.endpoint.health.show-details=always",
                        "--spring.lifecycle.timeout-per-shutdown-phase=5s",
                        "--spring.jmx.enabled=false",
                        "--spring.main.lazy-initialization=false",
                        "--logging.level.root=WARN",
                        "--logging.level.dev.rowcast=INFO",
                        "--logging.structured.format.console=" + (format == LogFormat.JSON ? "logstash" : ""),
                        "--logging.pattern.console=%d{HH:mm:ss.SSS} %-5level %logger{24} %msg %kvp%n%ex"));
    }

    public int port() {
        return port("local.server.port");
    }

    public int managementPort() {
        return port("local.management.port");
    }

    public MeterRegistry meters() {
        return context.getBean(MeterRegistry.class);
    }

    public boolean ready() {
        return context.isActive() && context.getBean(Readiness.class).isReady();
    }

    public int connections() {
        return context.getBean(Census.class).connections();
    }

    @Override
    public void close() {
        context.close();
    }

    private int port(String property) {
        Environment environment = context.getEnvironment();
        return environment.getRequiredProperty(property, Integer.class);
    }
}
