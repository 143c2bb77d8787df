package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.rowcast.gateway.support.ApiDescription;
import dev.rowcast.gateway.support.Vectors;
import dev.rowcast.schemas.protocol.ClientMessage;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.protocol.ServerMessage;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;

/// The machine-readable descriptions say what the code does.
class ApiDescriptionsTest {

    private static final ApiDescription ASYNC = ApiDescription.read("asyncapi.yaml");
    private static final ApiDescription OPEN = ApiDescription.read("openapi.yaml");
    private static final Map<Class<?>, String> VERBS = Map.of(
            GetMapping.class, "get",
            PostMapping.class, "post",
            PutMapping.class, "put",
            PatchMapping.class, "patch",
            DeleteMapping.class, "delete");

    static List<Vectors> vectors() {
        return Stream.of("client", "server")
                .flatMap(side -> Vectors.of(side).stream())
                .toList();
    }

    @Test
    void everyMessageIsDescribedAndNoOther() {
        List<String> client = types(ClientMessage.class);
        List<String> server = types(ServerMessage.class);
        List<String> all =
                Stream.concat(client.stream(), server.stream()).distinct().toList();

        assertThat(ASYNC.names("/components/messages")).containsExactlyInAnyOrderElementsOf(all);
        assertThat(ASYNC.names("/channels/socket/messages")).containsExactlyInAnyOrderElementsOf(all);
        assertThat(ASYNC.names("/channels/events/messages")).containsExactlyInAnyOrderElementsOf(server);
        assertThat(lastNames("/operations/say/messages")).containsExactlyInAnyOrderElementsOf(client);
        assertThat(lastNames("/operations/hear/messages")).containsExactlyInAnyOrderElementsOf(server);
        assertThat(lastNames("/operations/stream/messages")).containsExactlyInAnyOrderElementsOf(server);
        assertThat(lastNames("/components/schemas/ClientMessage/oneOf")).containsExactlyInAnyOrderElementsOf(client);
        assertThat(lastNames("/components/schemas/ServerMessage/oneOf")).containsExactlyInAnyOrderElementsOf(server);
    }

    @Test
    void everyCodeAndReasonIsDescribedAndNoOther() {
        String schemas = "/components/schemas/";
        assertThat(ASYNC.values(schemas + "ErrorCode/enum")).isEqualTo(names(ErrorCode.values()));
        assertThat(ASYNC.values(schemas + "CloseCode/enum")).isEqualTo(names(CloseCode.values()));
        String payload = "/properties/payload/properties/";
        assertThat(ASYNC.values(schemas + "RESET" + payload + "reason/enum"))
                .isEqualTo(names(ServerMessage.Reset.Reason.values()));
        assertThat(ASYNC.values(schemas + "REVOKED" + payload + "reason/enum"))
                .isEqualTo(names(ServerMessage.Revoked.Reason.values()));
        assertThat(ASYNC.values(schemas + "CHANGE" + payload + "eventType/enum"))
                .isEqualTo(names(ServerMessage.Change.EventType.values()));
        assertThat(ASYNC.values(schemas + "INVALIDATE" + payload + "changes/items/properties/action/enum"))
                .isEqualTo(names(ServerMessage.Invalidate.Action.values()));
        assertThat(ASYNC.values(schemas + "SUBSCRIBE" + payload + "mode/enum"))
                .isEqualTo(Arrays.stream(ClientMessage.Mode.values())
                        .map(ClientMessage.Mode::wire)
                        .toList());
    }

    @Test
    void everyRouteIsDescribedAndNoOther() {
        List<String> described = OPEN.names("/paths").stream()
                .flatMap(path ->
                        OPEN.names("/paths/" + path.replace("/", "~1")).stream().map(verb -> verb + " " + path))
                .toList();

        assertThat(described).containsExactlyInAnyOrderElementsOf(routes());
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        ASYNC.resolveAll();
        OPEN.resolveAll();
    }

    @ParameterizedTest
    @MethodSource("vectors")
    @DisplayName("RX-20: the schemas accept every valid vector and refuse those of a wrong type")
    void theSchemasJudgeAsTheVectorsSay(Vectors vector) {
        String schema = vector.name().startsWith("client") ? "ClientMessage" : "ServerMessage";
        vector.becomes()
                .ifPresent(valid -> assertThat(ASYNC.problems(schema, valid)).isEmpty());
        if (vector.name().contains(": wrong type")) {
            assertThat(ASYNC.problems(schema, vector.text())).isNotEmpty();
        }
    }

    private static List<String> routes() {
        return new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.rowcast.gateway")
                        .stream()
                        .flatMap(type -> type.getMethods().stream())
                        .flatMap(method -> VERBS.entrySet().stream()
                                .flatMap(
                                        verb -> paths(method, verb.getKey()).map(path -> verb.getValue() + " " + path)))
                        .toList();
    }

    private static Stream<String> paths(JavaMethod method, Class<?> verb) {
        assertThat(method.isAnnotatedWith(RequestMapping.class)).isFalse();
        return method.getAnnotations().stream()
                .filter(each -> each.getRawType().isEquivalentTo(verb))
                .flatMap(each -> Stream.of("path", "value")
                        .map(each::get)
                        .flatMap(Optional::stream)
                        .flatMap(paths -> Stream.of((Object[]) paths))
                        .map(Object::toString));
    }

    private static List<String> lastNames(String pointer) {
        return ASYNC.at(pointer)
                .valueStream()
                .map(each -> each.get("$ref").asString().replaceAll(".*/", ""))
                .toList();
    }

    private static List<String> types(Class<?> messages) {
        return Arrays.stream(messages.getPermittedSubclasses())
                .map(type -> type.getSimpleName()
                        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                        .toUpperCase(Locale.ROOT))
                .toList();
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).toList();
    }
}
