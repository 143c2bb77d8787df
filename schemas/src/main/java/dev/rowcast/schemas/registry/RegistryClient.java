package dev.rowcast.schemas.registry;

import dev.rowcast.schemas.dependency.Breakers;
import dev.rowcast.schemas.registry.RegistryException.Reason;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.Schema;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/// The part of Confluent's Schema Registry REST API that Rowcast needs. What is registered never changes, so both
/// directions are cached for ever; their size is bounded by the number of schema versions that the process meets.
///
/// A request takes 5 s at most. When half of the latest ones were not answered, [#breaker] opens and the next are
/// refused at once, as `UNAVAILABLE`; after a second the registry is tried again.
///
/// Instances are safe for use by several threads.
public final class RegistryClient {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration OPEN_FOR = Duration.ofSeconds(1);
    /// Few, because a registry is asked seldom, and each may take the whole time.
    private static final int CALLS = 6;
    private static final String CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";
    private static final ObjectMapper JSON = JsonMapper.shared();

    private final URI base;
    private final CircuitBreaker breaker;
    private final Duration timeout;
    private final HttpClient http;
    private final Map<Integer, Schema> schemasById = new ConcurrentHashMap<>();
    private final Map<String, Map<Schema, Integer>> idsBySubject = new ConcurrentHashMap<>();

    /// @param url such as `http://127.0.0.1:18081`; a path is kept, as Apicurio's `/apis/ccompat/v7`
    /// @throws IllegalArgumentException when it is no URL
    public RegistryClient(String url) {
        this(url, newBreaker());
    }

    /// @param breaker of an earlier client for the same registry, which goes on
    /// @throws IllegalArgumentException when it is no URL
    public RegistryClient(String url, CircuitBreaker breaker) {
        this(url, breaker, TIMEOUT);
    }

    RegistryClient(String url, CircuitBreaker breaker, Duration timeout) {
        this.base = URI.create(url.endsWith("/") ? url : url + "/");
        this.breaker = breaker;
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /// A breaker for clients that follow each other.
    public static CircuitBreaker newBreaker() {
        return Breakers.of(new Breakers.Rule("registry", CALLS, OPEN_FOR, TIMEOUT, RegistryClient::isAway));
    }

    /// Open while the registry is not asked; for health and metrics.
    public CircuitBreaker breaker() {
        return breaker;
    }

    /// The schema's id under this subject; registers it when it is new.
    ///
    /// @throws RegistryException when the registry cannot be reached or refuses the schema
    public int register(String subject, Schema schema) {
        Map<Schema, Integer> ids = idsBySubject.computeIfAbsent(subject, name -> new ConcurrentHashMap<>());
        Integer known = ids.get(schema);
        if (known != null) {
            return known;
        }
        String body = JSON.writeValueAsString(Map.of("schema", schema.toString()));
        int id = send("POST", "subjects/" + encoded(subject) + "/versions", body)
                .path("id")
                .asInt();
        ids.put(schema, id);
        schemasById.putIfAbsent(id, schema);
        return id;
    }

    /// The schema of this id.
    ///
    /// @throws RegistryException when the registry cannot be reached or does not know it
    public Schema schema(int id) {
        Schema known = schemasById.get(id);
        if (known != null) {
            return known;
        }
        Schema schema =
                parse(send("GET", "schemas/ids/" + id, "").path("schema").asString());
        schemasById.putIfAbsent(id, schema);
        return schema;
    }

    /// The newest schema of the subject.
    ///
    /// @throws RegistryException when the registry cannot be reached or has no such subject
    public Schema latest(String subject) {
        return parse(send("GET", "subjects/" + encoded(subject) + "/versions/latest", "")
                .path("schema")
                .asString());
    }

    /// Sets the rule that new schemas of the subject must keep, such as `FULL_TRANSITIVE`.
    ///
    /// @throws RegistryException when the registry cannot be reached or refuses the rule
    public void setCompatibility(String subject, String rule) {
        send("PUT", "config/" + encoded(subject), JSON.writeValueAsString(Map.of("compatibility", rule)));
    }

    /// The rule that new schemas of the subject must keep: its own, or else the registry's.
    ///
    /// @throws RegistryException when the registry cannot be reached
    public String compatibility(String subject) {
        JsonNode rule;
        try {
            rule = send("GET", "config/" + encoded(subject), "");
        } catch (RegistryException e) {
            if (e.reason() != Reason.NOT_FOUND) {
                throw e;
            }
            rule = send("GET", "config", "");
        }
        return rule.path("compatibilityLevel").asString("");
    }

    /// Asks for nothing that is needed.
    ///
    /// @throws RegistryException when the registry does not answer
    public void ping() {
        send("GET", "config", "");
    }

    private JsonNode send(String method, String path, String body) {
        URI uri = base.resolve(path);
        try {
            return breaker.executeSupplier(() -> ask(method, uri, body));
        } catch (CallNotPermittedException e) {
            throw new RegistryException(
                    Reason.UNAVAILABLE,
                    "schema registry did not answer the latest requests and is not asked at present: %s %s; is it running, is SCHEMA_REGISTRY_URL right?"
                            .formatted(method, uri),
                    e);
        }
    }

    private JsonNode ask(String method, URI uri, String body) {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(timeout)
                .header("Accept", CONTENT_TYPE)
                .header("Content-Type", CONTENT_TYPE)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        // The request's own timeout ends with the headers of the answer, so the body would be waited for for ever.
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(request, BodyHandlers.ofString());
        HttpResponse<String> response;
        try {
            response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new RegistryException(
                    Reason.UNAVAILABLE,
                    "schema registry does not answer: %s %s; is it running, is SCHEMA_REGISTRY_URL right?"
                            .formatted(method, uri),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RegistryException(Reason.UNAVAILABLE, "interrupted while asking " + uri, e);
        } finally {
            answer.cancel(true); // has no effect on one that came
        }
        if (response.statusCode() == 200) {
            return parsed(uri, response.body());
        }
        throw new RegistryException(
                reason(response.statusCode()),
                "schema registry answered %d to %s %s: %s"
                        .formatted(response.statusCode(), method, uri, shortened(response.body())));
    }

    private static JsonNode parsed(URI uri, String text) {
        try {
            return JSON.readTree(text);
        } catch (JacksonException e) {
            throw new RegistryException(
                    Reason.UNAVAILABLE,
                    "what answers at %s is no schema registry: %s".formatted(uri, shortened(text)),
                    e);
        }
    }

    /// Whatever it answers, it is there.
    private static boolean isAway(Throwable failure) {
        return failure instanceof RegistryException refusal && refusal.reason() == Reason.UNAVAILABLE;
    }

    private static Reason reason(int status) {
        return switch (status) {
            case 404 -> Reason.NOT_FOUND;
            case 409 -> Reason.INCOMPATIBLE;
            default -> status >= 500 ? Reason.UNAVAILABLE : Reason.REFUSED;
        };
    }

    private static Schema parse(String text) {
        return new Schema.Parser().parse(text);
    }

    private static String encoded(String subject) {
        return URLEncoder.encode(subject, StandardCharsets.UTF_8);
    }

    private static String shortened(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }
}
