package dev.rowcast.standalone.containers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `docker-compose.yml`, with the values of `.env.example` in the place of its variables.
///
/// @param samples what `.env.example` sets
/// @param used the variables that the file asks for
/// @param root the file
public record ComposeFile(Map<String, String> samples, List<String> used, JsonNode root) {

    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)[^}]*}");

    /// One entry below `services`.
    public record Service(String name, JsonNode node) {

        public String image() {
            return node.path("image").asString();
        }

        /// The stage of the image file; empty for images that are not ours.
        public Optional<String> target() {
            return node.path("build").path("target").stringValueOpt();
        }

        public Map<String, String> environment() {
            var all = new LinkedHashMap<String, String>();
            node.path("environment")
                    .properties()
                    .forEach(each -> all.put(each.getKey(), each.getValue().asString()));
            return all;
        }

        public List<String> command() {
            return texts(node.path("command"));
        }

        /// Such as `127.0.0.1:8080:8080`.
        public List<String> ports() {
            return texts(node.path("ports"));
        }

        /// Such as `./infra/postgres:/sql/postgres:ro`.
        public List<String> volumes() {
            return texts(node.path("volumes"));
        }

        private static List<String> texts(JsonNode list) {
            return list.valueStream().map(JsonNode::asString).toList();
        }
    }

    /// @param home the folder of the repository
    public static ComposeFile of(Path home) {
        try {
            var samples = new LinkedHashMap<String, String>();
            var properties = new Properties();
            try (var reader = Files.newBufferedReader(home.resolve(".env.example"))) {
                properties.load(reader);
            }
            properties.forEach((name, value) -> samples.put((String) name, (String) value));
            String text = Files.readString(home.resolve("docker-compose.yml"));
            var used = new TreeSet<>(VARIABLE.matcher(text)
                    .results()
                    .map(match -> match.group(1))
                    .toList());
            String filled = VARIABLE.matcher(text).replaceAll(match -> sample(samples, match));
            Object yaml = new Yaml().load(filled);
            return new ComposeFile(
                    samples, List.copyOf(used), JsonMapper.shared().valueToTree(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sample(Map<String, String> samples, MatchResult match) {
        return samples.getOrDefault(match.group(1), "");
    }

    public List<Service> services() {
        return root.path("services").properties().stream()
                .map(each -> new Service(each.getKey(), each.getValue()))
                .toList();
    }

    public Service service(String name) {
        return services().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no service " + name));
    }

    /// Those that we build.
    public List<Service> ours() {
        return services().stream().filter(each -> each.target().isPresent()).toList();
    }
}
