package dev.rowcast.standalone.stack;

import dev.rowcast.embedded.Part;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What `up` starts, and where.
///
/// @param data where the embedded parts, the logs and the generated secrets are kept
/// @param setup the SQL that any database needs
/// @param example tables, rows, catalog and page to start with; empty for the user's own
/// @param catalog the user's own catalog; empty for the example's
/// @param page a folder that the gateway serves at `/`; empty for none
/// @param port of the gateway
/// @param managementPort of health details and metrics, on the loopback address only
/// @param partPorts of the embedded parts; 0 takes a free one
/// @param database somebody else's database; empty for an embedded one
/// @param kafka bootstrap servers of somebody else's Kafka; empty for an embedded one
/// @param redis somebody else's Redis; empty for an embedded one
/// @param registry somebody else's schema registry; empty for an embedded one
public record StackSettings(
        Path data,
        Path setup,
        Optional<Path> example,
        Optional<Path> catalog,
        Optional<Path> page,
        int port,
        int managementPort,
        Map<Part, Integer> partPorts,
        Optional<DatabaseUrl> database,
        Optional<String> kafka,
        Optional<String> redis,
        Optional<String> registry) {

    public static final int PORT = 8080;
    public static final int MANAGEMENT_PORT = 8081;
    public static final Map<Part, Integer> PART_PORTS =
            Map.of(Part.POSTGRES, 15_432, Part.KAFKA, 19_092, Part.REDIS, 16_379, Part.REGISTRY, 18_081);

    public StackSettings {
        partPorts = Map.copyOf(partPorts);
        if (example.isEmpty() && catalog.isEmpty()) {
            throw new IllegalArgumentException(
                    "a catalog is needed where there is no example: give --catalog rowcast.yaml");
        }
    }

    /// Everything embedded, with an example.
    ///
    /// @param home the folder of the installation
    public static StackSettings embedded(Path home, Path data, String example) {
        return new StackSettings(
                data,
                home.resolve("infra/postgres/setup.sql"),
                Optional.of(home.resolve("examples").resolve(example)),
                Optional.empty(),
                Optional.of(home.resolve("examples").resolve(example).resolve("page")),
                PORT,
                MANAGEMENT_PORT,
                PART_PORTS,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /// The same on free ports, for tests.
    public StackSettings onFreePorts() {
        return new StackSettings(data, setup, example, catalog, page, 0, 0, Map.of(), database, kafka, redis, registry);
    }

    Path catalogFile() {
        return catalog.or(() -> example.map(folder -> folder.resolve("rowcast.yaml")))
                .orElseThrow();
    }

    /// The policies of the example's catalog, where it has some.
    Optional<Path> limitsFile() {
        return catalog.isPresent()
                ? Optional.empty()
                : example.map(folder -> folder.resolve("limits.yaml")).filter(Files::exists);
    }
}
