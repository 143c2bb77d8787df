package dev.rowcast.embedded.registry;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The resources of the API. Each answer is what becomes JSON.
final class RegistryApi {
    private final Subjects subjects;

    RegistryApi(Subjects subjects) {
        this.subjects = subjects;
    }

    Object answer(Request request) {
        List<String> path = request.path();
        if (path.isEmpty()) {
            return only("GET", request, Map.of());
        }
        List<String> rest = path.subList(1, path.size());
        return switch (path.getFirst()) {
            case "subjects" -> subjects(request, rest);
            case "schemas" -> schemas(request, rest);
            case "compatibility" -> compatibility(request, rest);
            case "config" -> config(request, rest);
            case "mode" -> mode(request, rest);
            case "contexts" -> only("GET", request, List.of("."));
            default -> throw RegistryException.noPath();
        };
    }

    private Object subjects(Request request, List<String> path) {
        boolean deleted = request.flag("deleted");
        if (path.isEmpty()) {
            String prefix = request.query().getOrDefault("subjectPrefix", "");
            return only(
                    "GET",
                    request,
                    subjects.index().subjects(deleted).stream()
                            .filter(subject -> subject.startsWith(prefix))
                            .toList());
        }
        String subject = path.getFirst();
        if (path.size() == 1) {
            return switch (request.method()) {
                case "POST" -> version(subjects.lookup(subject, request.schema(), deleted));
                case "DELETE" -> subjects.deleteSubject(subject, request.flag("permanent"));
                default -> throw RegistryException.noMethod();
            };
        }
        if (!path.get(1).equals("versions")) {
            throw RegistryException.noPath();
        }
        return switch (path.size()) {
            case 2 -> versions(request, subject);
            case 3 -> oneVersion(request, subject, path.get(2));
            case 4 -> ofVersion(request, subject, path.get(2), path.get(3));
            default -> throw RegistryException.noPath();
        };
    }

    private Object versions(Request request, String subject) {
        return switch (request.method()) {
            case "GET" ->
                subjects.requireVersions(subject, request.flag("deleted")).stream()
                        .map(SchemaVersion::version)
                        .toList();
            case "POST" -> Map.of("id", subjects.register(subject, request.schema()));
            default -> throw RegistryException.noMethod();
        };
    }

    private Object oneVersion(Request request, String subject, String version) {
        return switch (request.method()) {
            case "GET" -> version(subjects.version(subject, version, request.flag("deleted")));
            case "DELETE" -> subjects.deleteVersion(subject, version, request.flag("permanent"));
            default -> throw RegistryException.noMethod();
        };
    }

    private Object ofVersion(Request request, String subject, String version, String what) {
        SchemaVersion found = subjects.version(subject, version, request.flag("deleted"));
        return switch (what) {
            case "schema" -> only("GET", request, new RawJson(found.schema()));
            case "referencedby" -> only("GET", request, List.of());
            default -> throw RegistryException.noPath();
        };
    }

    private Object schemas(Request request, List<String> path) {
        if (path.equals(List.of("types"))) {
            return only("GET", request, List.of("AVRO"));
        }
        if (path.size() < 2 || path.size() > 3 || !path.getFirst().equals("ids")) {
            throw RegistryException.noPath();
        }
        int id = id(path.get(1));
        String schema = subjects.index().schema(id).orElseThrow(() -> RegistryException.schemaNotFound(id));
        if (path.size() == 2) {
            return only("GET", request, Map.of("schema", schema));
        }
        var uses = subjects.index().withId(id, request.flag("deleted"));
        return switch (path.get(2)) {
            case "schema" -> only("GET", request, new RawJson(schema));
            case "subjects" ->
                only(
                        "GET",
                        request,
                        uses.stream().map(SchemaVersion::subject).distinct().toList());
            case "versions" ->
                only(
                        "GET",
                        request,
                        uses.stream()
                                .map(use -> ordered("subject", use.subject(), "version", use.version()))
                                .toList());
            default -> throw RegistryException.noPath();
        };
    }

    private Object compatibility(Request request, List<String> path) {
        if (path.size() < 3
                || path.size() > 4
                || !path.getFirst().equals("subjects")
                || !path.get(2).equals("versions")) {
            throw RegistryException.noPath();
        }
        if (!request.method().equals("POST")) {
            throw RegistryException.noMethod();
        }
        Optional<String> version = path.size() == 4 ? Optional.of(path.get(3)) : Optional.empty();
        List<String> problems = subjects.check(path.get(1), version, request.schema());
        return request.flag("verbose")
                ? ordered("is_compatible", problems.isEmpty(), "messages", problems)
                : Map.of("is_compatible", problems.isEmpty());
    }

    private Object config(Request request, List<String> path) {
        Optional<String> subject = optional(path);
        Compatibility inForce = subject.map(subjects.index()::levelFor)
                .or(() -> subjects.index().level(Optional.empty()))
                .orElse(Compatibility.BACKWARD);
        return switch (request.method()) {
            case "GET" -> {
                boolean own =
                        subject.isEmpty() || subjects.index().level(subject).isPresent();
                if (!own && !request.flag("defaultToGlobal")) {
                    throw RegistryException.noSubjectLevel(subject.orElseThrow());
                }
                yield Map.of("compatibilityLevel", inForce);
            }
            case "PUT" -> {
                Compatibility level = Compatibility.of(request.text("compatibility"));
                subjects.setLevel(subject, Optional.of(level));
                yield Map.of("compatibility", level);
            }
            case "DELETE" -> {
                subjects.setLevel(subject, Optional.empty());
                yield Map.of("compatibilityLevel", inForce);
            }
            default -> throw RegistryException.noMethod();
        };
    }

    /// Stock clients ask for the mode and set it; here there is one.
    private static Object mode(Request request, List<String> path) {
        optional(path);
        return switch (request.method()) {
            case "GET", "DELETE" -> Map.of("mode", "READWRITE");
            case "PUT" -> {
                String mode = request.text("mode");
                if (!mode.equals("READWRITE")) {
                    throw RegistryException.invalidMode(mode);
                }
                yield Map.of("mode", mode);
            }
            default -> throw RegistryException.noMethod();
        };
    }

    private static Object version(SchemaVersion v) {
        var json = ordered("subject", v.subject(), "version", v.version());
        json.put("id", v.id());
        json.put("schema", v.schema());
        return json;
    }

    private static Map<String, Object> ordered(String name, Object value, String name2, Object value2) {
        var map = new LinkedHashMap<String, Object>();
        map.put(name, value);
        map.put(name2, value2);
        return map;
    }

    private static Optional<String> optional(List<String> path) {
        if (path.size() > 1) {
            throw RegistryException.noPath();
        }
        return path.stream().findFirst();
    }

    private static int id(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw RegistryException.noPath();
        }
    }

    private static Object only(String method, Request request, Object answer) {
        if (!request.method().equals(method)) {
            throw RegistryException.noMethod();
        }
        return answer;
    }

    /// Text that is JSON already.
    record RawJson(String text) {}
}
