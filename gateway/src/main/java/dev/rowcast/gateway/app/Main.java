package dev.rowcast.gateway.app;

import dev.rowcast.gateway.GatewayConfig;
import dev.rowcast.gateway.app.GatewayProcess.LogFormat;
import dev.rowcast.schemas.catalog.CatalogException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// The gateway as a process of its own, configured by its environment.
public final class Main {

    private Main() {}

    /// Serves until it is told to stop (SIGTERM, Ctrl-C), then drains.
    public static void main(String[] args) throws InterruptedException {
        GatewayConfig config;
        LogFormat format;
        try {
            config = config(System.getenv());
            format = new Settings(System.getenv()).logFormat();
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        GatewayProcess gateway = GatewayProcess.start(config, Map.of(), format);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("drain").unstarted(gateway::close));
        new CountDownLatch(1).await();
    }

    /// The configuration that the variables give.
    ///
    /// @throws IllegalArgumentException naming the variable that is missing or wrong
    /// @throws CatalogException when the catalog's file has problems
    static GatewayConfig config(Map<String, String> environment) throws CatalogException {
        return new Settings(environment).config();
    }
}
