package dev.rowcast.gateway.support;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The protocol's vectors whose bytes are text; their folder's README says what the members mean.
///
/// @param becomes when it is valid
/// @param fails when it is not: the code
/// @param id that the error repeats
public record Vectors(
        String name,
        String text,
        Optional<String> becomes,
        Optional<String> fails,
        String naming,
        Optional<String> id) {

    private static final Path FOLDER = Path.of("..", "schemas", "src", "main", "resources", "vectors");
    private static final JsonMapper JSON = JsonMapper.shared();

    public static List<Vectors> of(String side) {
        Path[] files = Optional.ofNullable(FOLDER.resolve(side).toFile().listFiles())
                .map(found ->
                        Stream.of(found).map(java.io.File::toPath).sorted().toArray(Path[]::new))
                .orElseThrow();
        return Stream.of(files)
                .flatMap(file -> JSON.readTree(file)
                        .get("vectors")
                        .valueStream()
                        .filter(vector -> vector.has("bytes"))
                        .map(vector -> read(side + "/" + file.getFileName(), vector)))
                .toList();
    }

    private static Vectors read(String file, JsonNode vector) {
        return new Vectors(
                file + ": " + vector.get("name").asString(),
                filled(vector, "bytes").orElseThrow(),
                filled(vector, "becomes"),
                vector.path("fails").stringValueOpt(),
                vector.path("naming").asString(""),
                vector.path("id").stringValueOpt());
    }

    private static Optional<String> filled(JsonNode vector, String member) {
        JsonNode fill = vector.path("fill");
        return vector.path(member)
                .stringValueOpt()
                .map(text -> fill.isMissingNode()
                        ? text
                        : text.replace(
                                fill.get("mark").asString(),
                                fill.get("with")
                                        .asString()
                                        .repeat(fill.get("times").asInt())));
    }

    @Override
    public String toString() {
        return name;
    }
}
