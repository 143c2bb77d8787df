package dev.rowcast.streams.app.server;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;

/// The streams processor as a process of its own, with health and metrics over HTTP.
@SpringBootApplication
@ConfigurationPropertiesScan
class StreamsProcessor {

    /// Not `application`: where several services share a class path, each reads its own file.
    private static final String CONFIG_NAME = "rowcast-streams-processor";

    public static void main(String[] args) {
        start(args);
    }

    static ConfigurableApplicationContext start(String... args) {
        return new SpringApplicationBuilder(StreamsProcessor.class)
                .properties("spring.config.name=" + CONFIG_NAME)
                .run(args);
    }
}
