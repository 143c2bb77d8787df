package dev.rowcast.standalone.containers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `infra/images/Dockerfile`, as far as it says what the images do when they run.
public final class ImageFile {

    private static final Pattern FROM = Pattern.compile("FROM (\\S+) AS (\\S+)");
    private static final Pattern SETTING = Pattern.compile("(\\w+)=(\\S+)");

    private final Map<String, Stage> stages = new LinkedHashMap<>();

    private record Stage(String base, List<String> instructions) {}

    /// @param home the folder of the repository
    public ImageFile(Path home) {
        var instructions = new ArrayList<String>();
        for (String instruction : read(home.resolve("infra/images/Dockerfile"))) {
            var from = FROM.matcher(instruction);
            if (from.matches()) {
                instructions = new ArrayList<>();
                stages.put(from.group(2), new Stage(from.group(1), instructions));
            }
            instructions.add(instruction);
        }
    }

    private static List<String> read(Path file) {
        try {
            return Files.readString(file)
                    .replace("\\\n", " ")
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The images that the stages start from, other stages left out.
    public List<String> externalBases() {
        return stages.values().stream()
                .map(Stage::base)
                .filter(base -> !stages.containsKey(base))
                .toList();
    }

    /// What runs when a container of this stage starts.
    public List<String> entryPoint(String stage) {
        return words(last(stage, "ENTRYPOINT"));
    }

    /// What asks a container of this stage for its health.
    public List<String> healthCheck(String stage) {
        return words(last(stage, "HEALTHCHECK"));
    }

    /// What the stage runs last while it is built: variables, as `NAME=value`, and a command.
    List<String> run(String stage) {
        return Stream.of(last(stage, "RUN").replace("\"", "").split("\\s+"))
                .skip(1)
                .toList();
    }

    public String user(String stage) {
        return last(stage, "USER").replace("USER ", "");
    }

    /// The variables that the stage sets.
    public Map<String, String> environment(String stage) {
        return instructions(stage)
                .filter(instruction -> instruction.startsWith("ENV "))
                .flatMap(instruction -> SETTING.matcher(instruction).results())
                .collect(Collectors.toMap(setting -> setting.group(1), setting -> setting.group(2)));
    }

    private String last(String stage, String keyword) {
        return instructions(stage)
                .filter(instruction -> instruction.startsWith(keyword + " "))
                .reduce((earlier, later) -> later)
                .orElseThrow(() -> new IllegalStateException("no " + keyword + " in " + stage));
    }

    /// Those of the stage that it starts from come first.
    private Stream<String> instructions(String name) {
        return Optional.ofNullable(stages.get(name)).stream()
                .flatMap(stage -> Stream.concat(instructions(stage.base()), stage.instructions().stream()));
    }

    /// The exec form: a JSON list.
    private static List<String> words(String instruction) {
        String json = instruction.substring(instruction.indexOf('['));
        return JsonMapper.shared()
                .readTree(json)
                .valueStream()
                .map(JsonNode::asString)
                .toList();
    }
}
