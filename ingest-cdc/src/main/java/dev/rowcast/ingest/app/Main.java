package dev.rowcast.ingest.app;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/// Ingest as a process of its own, with health and metrics over HTTP.
@SpringBootApplication
@ConfigurationPropertiesScan
class Main {

    /// Not `application`: where several services share a class path, each reads its own file.
    private static final String CONFIG_NAME = "rowcast-ingest-cdc";

    public static void main(String[] args) {
        new SpringApplicationBuilder(Main.class)
                .properties("spring.config.name=" + CONFIG_NAME)
                .run(args);
    }
}
