package dev.rowcast.embedded.registry;

import static dev.rowcast.embedded.registry.RegistryClient.body;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

@NeedsParts(Part.REGISTRY)
class RegistryServerTest {
    private final Registry registry;
    private final RegistryClient client;
    private final String subject = "test-" + UUID.randomUUID() + "-value";

    RegistryServerTest(Registry registry) {
        this.registry = registry;
        this.client = new RegistryClient(registry.url());
    }

    private static String record(String name, String... fields) {
        return "{ \"type\":\"record\", \"name\":\"%s\", \"fields\":[%s] }".formatted(name, String.join(",", fields));
    }

    private static final String ID = "{\"name\":\"id\",\"type\":\"long\"}";
    private static final String OPTIONAL = "{\"name\":\"note\",\"type\":[\"null\",\"string\"],\"default\":null}";
    private static final String REQUIRED = "{\"name\":\"title\",\"type\":\"string\"}";

    @Test
    void aSchemaIsFoundByItsIdAndByItsVersion() throws Exception {
        int id = client.register(subject, record("Row", ID));

        String canonical = "{\"type\":\"record\",\"name\":\"Row\",\"fields\":[" + ID + "]}";
        assertThat(text(client.get("/schemas/ids/" + id), "schema")).isEqualTo(canonical);
        JsonNode latest =
                client.get("/subjects/" + subject + "/versions/latest").json();
        assertThat(latest.path("version").asInt()).isEqualTo(1);
        assertThat(latest.path("id").asInt()).isEqualTo(id);
        assertThat(latest.path("subject").asString()).isEqualTo(subject);
        assertThat(latest.path("schema").asString()).isEqualTo(canonical);
        assertThat(client.get("/subjects/" + subject + "/versions/1").json()).isEqualTo(latest);
        assertThat(client.get("/subjects/" + subject + "/versions/1/schema")
                        .json()
                        .path("name")
                        .asString())
                .isEqualTo("Row");
        assertThat(client.get("/subjects").json().valueStream().map(JsonNode::asString))
                .contains(subject);
        assertThat(client.get("/subjects/" + subject + "/versions").json().toString())
                .isEqualTo("[1]");
        assertThat(client.send("POST", "/subjects/" + subject, body(record("Row", ID)))
                        .json())
                .isEqualTo(latest);
        assertThat(client.get("/schemas/types").json().toString()).isEqualTo("[\"AVRO\"]");
    }

    @Test
    void theSameTextHasTheSameIdUnderEverySubject() throws Exception {
        String schema = record("Shared" + Math.abs(subject.hashCode()), ID);

        int first = client.register(subject, schema);
        int again = client.register(subject, schema.replace(" ", ""));
        int elsewhere = client.register(subject + "2", schema);

        assertThat(List.of(again, elsewhere)).containsOnly(first);
        assertThat(client.get("/subjects/" + subject + "/versions").json().toString())
                .isEqualTo("[1]");
        assertThat(client.get("/schemas/ids/" + first + "/versions").json().toString())
                .isEqualTo("[{\"subject\":\"%s\",\"version\":1},{\"subject\":\"%s2\",\"version\":1}]"
                        .formatted(subject, subject));
    }

    @Test
    void aRestartKeepsIdsVersionsAndLevels() throws Exception {
        int id = client.register(subject, record("Row", ID));
        int second = client.register(subject, record("Row", ID, OPTIONAL));
        client.send("PUT", "/config/" + subject, "{\"compatibility\":\"FULL\"}");

        registry.stop();
        registry.start();

        assertThat(client.register(subject, record("Row", ID))).isEqualTo(id);
        assertThat(client.get("/subjects/" + subject + "/versions").json().toString())
                .isEqualTo("[1,2]");
        assertThat(text(client.get("/config/" + subject), "compatibilityLevel")).isEqualTo("FULL");
        assertThat(client.register(subject, record("Row", ID, OPTIONAL, OPTIONAL.replace("note", "more"))))
                .isGreaterThan(second);
    }

    @Test
    void anIncompatibleSchemaIsRefusedUntilTheLevelAllowsIt() throws Exception {
        client.register(subject, record("Row", ID));
        String incompatible = record("Row", ID, REQUIRED);

        var refused = client.send("POST", "/subjects/" + subject + "/versions", body(incompatible));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.errorCode()).isEqualTo(409);
        assertThat(text(refused, "message")).contains("title");
        String check = "/compatibility/subjects/" + subject + "/versions/latest";
        assertThat(client.send("POST", check, body(incompatible)).json().toString())
                .isEqualTo("{\"is_compatible\":false}");
        assertThat(client.send("POST", check + "?verbose=true", body(incompatible))
                        .json()
                        .path("messages")
                        .size())
                .isEqualTo(1);

        client.send("PUT", "/config/" + subject, "{\"compatibility\":\"NONE\"}");
        client.register(subject, incompatible);
        assertThat(client.get("/subjects/" + subject + "/versions").json().toString())
                .isEqualTo("[1,2]");
    }

    @Test
    void transitiveLevelsLookAtEveryVersion() throws Exception {
        client.send("PUT", "/config/" + subject, "{\"compatibility\":\"NONE\"}");
        client.register(subject, record("Row", ID, REQUIRED.replace("string", "int")));
        client.register(subject, record("Row", ID, REQUIRED));
        String onlyLikeTheLast = record("Row", ID, REQUIRED, OPTIONAL);

        client.send("PUT", "/config/" + subject, "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}");
        assertThat(client.send("POST", "/subjects/" + subject + "/versions", body(onlyLikeTheLast))
                        .status())
                .isEqualTo(409);
        client.send("PUT", "/config/" + subject, "{\"compatibility\":\"BACKWARD\"}");
        assertThat(client.register(subject, onlyLikeTheLast)).isPositive();
    }

    @Test
    void deletingIsSoftFirstAndForGoodSecond() throws Exception {
        int id = client.register(subject, record("Row" + Math.abs(subject.hashCode()), ID));
        String path = "/subjects/" + subject;

        assertThat(client.send("DELETE", path + "?permanent=true", "").errorCode())
                .isEqualTo(40405);
        assertThat(client.send("DELETE", path, "").json().toString()).isEqualTo("[1]");
        assertThat(client.get(path + "/versions").errorCode()).isEqualTo(40401);
        assertThat(client.get(path + "/versions?deleted=true").json().toString())
                .isEqualTo("[1]");
        assertThat(client.get("/schemas/ids/" + id).status()).isEqualTo(200);
        assertThat(client.send("DELETE", path, "").errorCode()).isEqualTo(40404);
        assertThat(client.send("DELETE", path + "?permanent=true", "").json().toString())
                .isEqualTo("[1]");
        assertThat(client.get("/schemas/ids/" + id).errorCode()).isEqualTo(40403);
    }

    @Test
    void oneVersionCanBeDeletedAndItsNumberIsNotGivenAgain() throws Exception {
        client.register(subject, record("Row", ID));
        client.register(subject, record("Row", ID, OPTIONAL));
        String path = "/subjects/" + subject + "/versions/";

        assertThat(client.send("DELETE", path + "1?permanent=true", "").errorCode())
                .isEqualTo(40407);
        assertThat(client.send("DELETE", path + "2", "").json().asInt()).isEqualTo(2);
        assertThat(client.send("DELETE", path + "2", "").errorCode()).isEqualTo(40406);
        client.register(subject, record("Row", ID, OPTIONAL));
        assertThat(client.get("/subjects/" + subject + "/versions").json().toString())
                .isEqualTo("[1,3]");
    }

    @Test
    void aSubjectWithoutALevelUsesTheOneOfAll() throws Exception {
        assertThat(client.get("/config/" + subject).errorCode()).isEqualTo(40408);
        assertThat(text(client.get("/config/" + subject + "?defaultToGlobal=true"), "compatibilityLevel"))
                .isEqualTo("BACKWARD");
        assertThat(text(client.get("/config"), "compatibilityLevel")).isEqualTo("BACKWARD");
        client.send("PUT", "/config/" + subject, "{\"compatibility\":\"FORWARD\"}");
        assertThat(text(client.send("DELETE", "/config/" + subject, ""), "compatibilityLevel"))
                .isEqualTo("FORWARD");
        assertThat(client.get("/config/" + subject).errorCode()).isEqualTo(40408);
        assertThat(text(client.get("/mode"), "mode")).isEqualTo("READWRITE");
    }

    @Test
    void aSubjectMayHaveSlashesAndSpaces() throws Exception {
        String path = "/subjects/a%2Fb%20c+" + subject;
        assertThat(client.send("POST", path + "/versions", body(record("Row", ID)))
                        .status())
                .isEqualTo(200);
        assertThat(text(client.get(path + "/versions/1"), "subject")).isEqualTo("a/b c+" + subject);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET    | /subjects/none/versions           |                                      | 404 | 40401
            GET    | /subjects/none/versions/1         |                                      | 404 | 40401
            GET    | /schemas/ids/999999               |                                      | 404 | 40403
            GET    | /nowhere                          |                                      | 404 | 404
            PATCH  | /subjects                         |                                      | 405 | 405
            POST   | /subjects/s/versions              | {"schema":"{\\"type\\":\\"no\\"}"}   | 422 | 42201
            POST   | /subjects/s/versions              | {"schema":"{}","schemaType":"JSON"}  | 422 | 42201
            POST   | /subjects/s/versions              | {"schema":"\\"int\\"","references":[{"name":"x"}]} | 422 | 42201
            POST   | /subjects/s/versions              | {"schema":7}                         | 400 | 400
            POST   | /subjects/s/versions              | no json                              | 400 | 400
            POST   | /subjects/%20/versions            | {"schema":"\\"int\\""}               | 422 | 42208
            PUT    | /config                           | {"compatibility":"SIDEWAYS"}         | 422 | 42203
            PUT    | /mode                             | {"mode":"READONLY"}                  | 422 | 42204
            """)
    void refusalsHaveTheCodesThatClientsKnow(String method, String path, String body, int status, int code)
            throws IOException, InterruptedException {
        var answer = client.send(method, path, body == null ? "" : body);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.errorCode()).isEqualTo(code);
        assertThat(text(answer, "message")).isNotBlank();
        assertThat(answer.mediaType()).isEqualTo("application/vnd.schemaregistry.v1+json");
    }

    @Test
    void versionsMustBeNumbersThatExist() throws Exception {
        client.register(subject, record("Row", ID));
        assertThat(client.get("/subjects/" + subject + "/versions/2").errorCode())
                .isEqualTo(40402);
        assertThat(client.get("/subjects/" + subject + "/versions/first").errorCode())
                .isEqualTo(42202);
        assertThat(client.send("POST", "/subjects/" + subject, body(record("Other", ID)))
                        .errorCode())
                .isEqualTo(40403);
    }

    @Test
    void aSecondRegistryOnTheTopicShutsOutTheFirstInsteadOfGivingAnIdTwice(Kafka kafka) throws Exception {
        // Given a second registry that registered something the first has not heard of
        int theirs;
        try (var second = new Subjects(kafka.bootstrapServers())) {
            theirs = second.register(subject, record("Theirs", ID));

            // When
            var refused = client.send("POST", "/subjects/" + subject + "2/versions", body(record("Ours", ID)));

            // Then
            assertThat(refused.errorCode()).isEqualTo(50001);
        }
        assertThat(client.register(subject + "2", record("Ours", ID))).isGreaterThan(theirs);
        assertThat(client.register(subject, record("Theirs", ID))).isEqualTo(theirs);
    }

    @Test
    void aBodyOverOneMebibyteIsRefused() throws Exception {
        String large = "x".repeat(RegistryServer.BODY_LIMIT_BYTES + 1);
        assertThat(client.send("POST", "/subjects/" + subject + "/versions", large)
                        .status())
                .isEqualTo(413);
    }

    @Test
    void aWebPageCannotRegisterBehindTheUsersBack() throws Exception {
        var answer = client.send("POST", "/subjects/" + subject + "/versions", body("\"int\""), "text/plain");
        assertThat(answer.status()).isEqualTo(415);
    }

    private static String text(RegistryClient.Answer answer, String field) {
        return answer.json().path(field).asString("");
    }
}
