package dev.rowcast.schemas.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One vector; the folder's README says what the members mean.
record Vector(String file, String requirement, String name, byte[] bytes, Expected expected) {
    private static final Path FOLDER = Path.of("src/main/resources/vectors");
    private static final JsonMapper JSON = new JsonMapper();

    sealed interface Expected {}

    record Becomes(String text) implements Expected {}

    record Fails(ErrorCode code, String naming, Optional<String> id) implements Expected {}

    static List<Vector> in(String folder) {
        try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
            return files.sorted().flatMap(file -> read(folder, file)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Vector> read(String folder, Path path) {
        JsonNode file = JSON.readTree(path);
        String name = folder + "/" + path.getFileName();
        return file.get("vectors").valueStream().map(vector -> read(name, file, vector));
    }

    private static Vector read(String file, JsonNode header, JsonNode vector) {
        byte[] bytes = vector.has("base64")
                ? Base64.getDecoder().decode(vector.get("base64").stringValue())
                : filled(vector, "bytes").getBytes(StandardCharsets.UTF_8);
        return new Vector(
                file,
                vector.path("requirement").asString(header.get("requirement").stringValue()),
                vector.get("name").stringValue(),
                bytes,
                vector.has("becomes") ? new Becomes(filled(vector, "becomes")) : fails(vector));
    }

    private static Expected fails(JsonNode vector) {
        return new Fails(
                ErrorCode.valueOf(vector.get("fails").stringValue()),
                vector.path("naming").asString(""),
                vector.path("id").stringValueOpt());
    }

    private static String filled(JsonNode vector, String member) {
        String text = vector.get(member).stringValue();
        JsonNode fill = vector.get("fill");
        return fill == null
                ? text
                : text.replace(
                        fill.get("mark").stringValue(),
                        fill.get("with").stringValue().repeat(fill.get("times").intValue()));
    }

    @Override
    public String toString() {
        return requirement + " " + file + ": " + name;
    }
}
