package dev.rowcast.schemas.protocol;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;

/// The members of one JSON object, read by name and checked. Each method throws [Refused] naming the member by its
/// path; members nobody asks for are ignored, and `null` counts as absent.
final class Members {
    private final JsonNode object;
    private final String path;

    private Members(JsonNode object, String path) {
        this.object = object;
        this.path = path;
    }

    /// @param path of the object, empty for the message itself
    static Members of(JsonNode node, String path) {
        if (!node.isObject()) {
            throw wrongType(path.isEmpty() ? "The message" : path, "a JSON object", node, false);
        }
        return new Members(node, path);
    }

    /// The object itself.
    JsonNode node() {
        return object;
    }

    private Optional<JsonNode> find(String name) {
        JsonNode node = object.get(name);
        return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    Optional<Members> object(String name) {
        return find(name).map(node -> of(node, path(name)));
    }

    Members requiredObject(String name) {
        return of(required(name), path(name));
    }

    Optional<String> text(String name, TextRule rule) {
        return find(name).map(node -> text(path(name), node, rule));
    }

    String requiredText(String name, TextRule rule) {
        return text(path(name), required(name), rule);
    }

    Optional<List<String>> texts(String name, TextRule rule) {
        return list(name, (elementPath, node) -> text(elementPath, node, rule));
    }

    Optional<List<Members>> objects(String name) {
        return list(name, (elementPath, node) -> of(node, elementPath));
    }

    long requiredInteger(String name, long min, long max) {
        return integer(name, required(name), min, max);
    }

    Optional<Long> integer(String name, long min, long max) {
        return find(name).map(node -> integer(name, node, min, max));
    }

    /// False where the member is absent.
    boolean flag(String name) {
        return find(name)
                .map(node -> {
                    if (!node.isBoolean()) {
                        throw wrongType(path(name), "true or false", node, false);
                    }
                    return node.booleanValue();
                })
                .orElse(false);
    }

    <E extends Enum<E>> E requiredName(String name, Class<E> type) {
        String value = requiredText(name, TextRule.ANY);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(value)) {
                return constant;
            }
        }
        throw invalid(path(name) + " must be one of " + List.of(type.getEnumConstants()) + ", but is "
                + Shown.shortened(value) + ".");
    }

    Instant requiredTime(String name) {
        String value = requiredText(name, TextRule.ANY);
        try {
            return Instant.parse(value);
        } catch (DateTimeParseException e) {
            throw invalid(path(name) + " must be a time such as '2025-11-27T10:30:00.000Z', but is "
                    + Shown.shortened(value) + ".");
        }
    }

    /// The member's path in the message: `payload.entityCode`.
    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    JsonNode required(String name) {
        return find(name).orElseThrow(() -> invalid(path(name) + " is missing."));
    }

    static Refused invalid(String reason) {
        return new Refused(ErrorCode.INVALID_MESSAGE, reason);
    }

    private long integer(String name, JsonNode node, long min, long max) {
        if (!node.isIntegralNumber()) {
            throw wrongType(path(name), "a whole number", node, false);
        }
        if (!node.canConvertToLong() || node.longValue() < min || node.longValue() > max) {
            throw invalid(path(name) + " must be between " + min + " and " + max + ", but is "
                    + Shown.shortened(node.asString()) + ".");
        }
        return node.longValue();
    }

    private <T> Optional<List<T>> list(String name, BiFunction<String, JsonNode, T> element) {
        Optional<JsonNode> found = find(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        JsonNode list = found.get();
        if (!list.isArray()) {
            throw wrongType(path(name), "a list", list, false);
        }
        List<T> elements = new ArrayList<>(list.size());
        for (JsonNode node : list) {
            elements.add(element.apply(path(name) + "[" + elements.size() + "]", node));
        }
        return Optional.of(elements);
    }

    private static String text(String path, JsonNode node, TextRule rule) {
        if (!node.isString()) {
            throw wrongType(path, "text in quotes", node, rule.secret());
        }
        return rule.check(path, node.stringValue());
    }

    private static Refused wrongType(String what, String expected, JsonNode node, boolean secret) {
        String value = node.isContainer() || secret ? "" : " " + Shown.shortened(node.asString());
        return invalid(what + " must be " + expected + ", but is " + kind(node) + value + ".");
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case STRING -> "the text";
            case NUMBER -> "the number";
            case BOOLEAN -> "the boolean";
            case NULL -> "the value";
            case BINARY, MISSING, POJO -> "nothing";
        };
    }
}
