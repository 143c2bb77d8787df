package dev.rowcast.standalone.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.embedded.junit.NeedsParts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the servers of the compose file are told must be what the embedded ones are told.
@NeedsParts({Part.POSTGRES, Part.REGISTRY})
class ServerSettingsTest {

    /// Where the containers differ on purpose: addresses and folders.
    private static final String OF_CONTAINERS =
            "cluster.id|heap.opts|log.dirs|inter.broker.*|(advertised.)?listener.*|controller.*";

    private final ComposeFile compose =
            ComposeFile.of(Path.of("..").toAbsolutePath().normalize());

    @Test
    void theBrokerHasTheSettingsOfTheEmbeddedOne(@TempDir Path folder) throws Exception {
        var settings = new HashMap<String, String>();
        compose.service("kafka")
                .environment()
                .forEach((name, value) -> settings.put(
                        name.replace("KAFKA_", "").toLowerCase(Locale.ROOT).replace('_', '.'), value));
        settings.keySet().removeIf(name -> name.matches(OF_CONTAINERS));
        var broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
        // One of its own: that of the tests is given more time.
        try (EmbeddedParts own = EmbeddedParts.start(
                        EmbeddedConfig.in(folder).withParts(Set.of(Part.KAFKA)), StartListener.SILENT);
                Admin admin =
                        Admin.create(Map.of("bootstrap.servers", own.kafka().bootstrapServers()))) {
            var embedded = new HashMap<String, String>();
            admin.describeConfigs(List.of(broker))
                    .all()
                    .get()
                    .values()
                    .forEach(config -> config.entries().forEach(entry -> embedded.put(entry.name(), entry.value())));

            assertThat(settings).hasSizeGreaterThan(10);
            assertThat(embedded).containsAllEntriesOf(settings);
        }
    }

    @Test
    void postgresHasTheSettingsOfTheEmbeddedOne(Postgres postgres) throws Exception {
        var settings = compose.service("postgres").command().stream()
                .filter(option -> option.contains("="))
                .map(option -> option.split("=", 2))
                .toList();
        try (var connection = postgres.connect();
                var statement = connection.createStatement()) {
            for (String[] setting : settings) {
                try (var rows = statement.executeQuery("show " + setting[0])) {
                    rows.next();
                    assertThat(rows.getString(1)).as(setting[0]).isEqualTo(setting[1]);
                }
            }
        }
        assertThat(settings)
                .extracting(setting -> setting[0])
                .contains("wal_level", "max_slot_wal_keep_size", "max_replication_slots", "max_wal_senders");
    }

    @Test
    void theRegistryRefusesByDefaultWhatTheEmbeddedOneRefuses(Registry registry) throws Exception {
        String rule = compose.service("registry").environment().get("APICURIO_RULES_GLOBAL_COMPATIBILITY");
        var request =
                HttpRequest.newBuilder(URI.create(registry.url() + "/config")).build();
        try (var client = HttpClient.newHttpClient()) {
            assertThat(client.send(request, BodyHandlers.ofString()).body()).contains("\"" + rule + "\"");
        }
    }
}
