package dev.rowcast.gateway.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One of the machine-readable descriptions in the docs, and what its schemas say of a message. Knows the keywords of
/// JSON Schema that they use, and refuses others.
public final class ApiDescription {

    private static final Path FOLDER = Path.of("..", "docs", "reference");

    private final String file;
    private final JsonNode root;

    private ApiDescription(String file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    public static ApiDescription read(String file) {
        try {
            Object yaml = new Yaml().load(Files.readString(FOLDER.resolve(file)));
            return new ApiDescription(file, JsonMapper.shared().valueToTree(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What stands at a JSON pointer.
    public JsonNode at(String pointer) {
        JsonNode found = root.at(pointer);
        if (found.isMissingNode()) {
            throw new AssertionError(file + " has no " + pointer);
        }
        return found;
    }

    public List<String> names(String pointer) {
        return List.copyOf(at(pointer).propertyNames());
    }

    public List<String> values(String pointer) {
        return at(pointer).valueStream().map(JsonNode::asString).toList();
    }

    /// The names of all headers that a request may have.
    public List<String> headers() {
        return root.findParents("in").stream()
                .filter(each -> each.get("in").asString("").equals("header"))
                .map(each -> each.get("name").asString())
                .toList();
    }

    /// Follows every reference.
    public void resolveAll() {
        root.findValuesAsString("$ref").forEach(this::resolve);
    }

    private ApiDescription of(String reference) {
        String other = reference.substring(0, reference.indexOf('#'));
        return other.isEmpty() ? this : read(other);
    }

    private JsonNode resolve(String reference) {
        return of(reference).at(reference.substring(reference.indexOf('#') + 1));
    }

    /// What is wrong with the message by the schema of this name.
    public List<String> problems(String schema, String json) {
        List<String> problems = new ArrayList<>();
        check(at("/components/schemas/" + schema), JsonMapper.shared().readTree(json), "", problems);
        return problems;
    }

    private boolean fits(JsonNode schema, JsonNode value) {
        List<String> problems = new ArrayList<>();
        check(schema, value, "", problems);
        return problems.isEmpty();
    }

    private void check(JsonNode schema, JsonNode value, String where, List<String> problems) {
        schema.properties().forEach(keyword -> {
            JsonNode rule = keyword.getValue();
            boolean good = switch (keyword.getKey()) {
                case "description", "default", "format" -> true;
                case "$ref" -> {
                    check(resolve(rule.asString()), value, where, problems);
                    yield true;
                }
                case "const" -> value.equals(rule);
                case "enum" -> rule.valueStream().anyMatch(value::equals);
                case "type" ->
                    rule.isArray()
                            ? rule.valueStream().anyMatch(each -> is(each.asString(), value))
                            : is(rule.asString(), value);
                case "required" -> !value.isObject() || rule.valueStream().allMatch(name -> value.has(name.asString()));
                case "properties" -> {
                    rule.properties().stream()
                            .filter(each -> value.has(each.getKey()))
                            .forEach(each -> check(
                                    each.getValue(), value.get(each.getKey()), where + "/" + each.getKey(), problems));
                    yield true;
                }
                case "items" -> {
                    if (value.isArray()) {
                        value.forEach(each -> check(rule, each, where + "/…", problems));
                    }
                    yield true;
                }
                case "maxItems" -> !value.isArray() || value.size() <= rule.asInt();
                case "minLength" -> !value.isString() || value.asString().length() >= rule.asInt();
                case "maxLength" ->
                    !value.isString()
                            || value.asString()
                                            .codePointCount(0, value.asString().length())
                                    <= rule.asInt();
                case "pattern" ->
                    !value.isString()
                            || Pattern.compile(rule.asString())
                                    .matcher(value.asString())
                                    .find();
                case "minimum" -> !value.isNumber() || value.decimalValue().compareTo(rule.decimalValue()) >= 0;
                case "maximum" -> !value.isNumber() || value.decimalValue().compareTo(rule.decimalValue()) <= 0;
                case "allOf" -> rule.valueStream().allMatch(each -> fits(each, value));
                case "not" -> !fits(rule, value);
                case "anyOf" -> rule.valueStream().anyMatch(each -> fits(each, value));
                case "oneOf" ->
                    rule.valueStream().filter(each -> fits(each, value)).count() == 1;
                default -> throw new AssertionError("unknown keyword " + keyword.getKey());
            };
            if (!good) {
                problems.add(where + " " + keyword.getKey() + " " + rule);
            }
        });
    }

    private static boolean is(String type, JsonNode value) {
        return switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber();
            case "boolean" -> value.isBoolean();
            case "null" -> value.isNull();
            default -> throw new AssertionError("unknown type " + type);
        };
    }
}
