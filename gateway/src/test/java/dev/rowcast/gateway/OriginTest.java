package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.edge.Origins;
import dev.rowcast.gateway.edge.Web;
import dev.rowcast.gateway.support.ApiDescription;
import dev.rowcast.gateway.support.RawSocket;
import dev.rowcast.gateway.support.RawSocket.Heard;
import dev.rowcast.gateway.support.Stage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Which pages may use the gateway from a browser.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class OriginTest {

    private static final Duration SILENCE = Duration.ofMillis(300);
    private static final String APP = "https://app.example.com";
    private static final String OTHERS = "https://other.example.com:8443";

    /// What an attacker's page may be called.
    private static final List<String> EVIL = List.of(
            "https://evil.com",
            "null",
            "http://app.example.com",
            "https://app.example.com.evil.com",
            "https://app.example.com:444",
            "https://evil.com/https://app.example.com",
            "https://app.example.com@evil.com",
            "https://sub.app.example.com",
            "https://app.example.comevil",
            "https://app.example.com/",
            "file://",
            "*",
            "",
            "http://localhost:1",
            "https://localhost");

    private static Stage stage;

    @BeforeAll
    static void set(Kafka kafka, Registry registry) {
        Origins origins = Origins.parse(APP + ", other=" + OTHERS);
        stage = Stage.set(kafka, registry, config -> config.withWeb(new Web(origins, 1)));
    }

    @AfterAll
    static void close() throws InterruptedException {
        stage.close();
    }

    private static Heard socket(String headers) {
        return RawSocket.exchange(
                stage.gateway.port(), RawSocket.handshake("/v1/socket?apikey=pk_demo") + headers + "\r\n", SILENCE);
    }

    private static Heard http(String line, String headers) {
        return RawSocket.exchange(
                stage.gateway.port(),
                line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers + "\r\n",
                SILENCE);
    }

    @Test
    @DisplayName("T8: a WebSocket handshake from a page that is not listed is a 403")
    void handshakesFromElsewhereAreRefused() {
        for (String origin : EVIL) {
            Heard heard = socket("Origin: " + origin + "\r\n");
            assertThat(heard.status()).as(origin).isEqualTo(403);
            assertThat(heard.text()).as(origin).contains("ORIGIN_REFUSED");
        }
        assertThat(socket("Cookie: session=1\r\n").status()).isEqualTo(403);
        assertThat(socket("Origin: " + APP + "\r\nOrigin: https://evil.com\r\n").status())
                .isEqualTo(403);
    }

    @Test
    void handshakesFromListedPagesFromOurOwnAndFromNoPageComeIn() {
        assertThat(socket("Origin: " + APP + "\r\n").status()).isEqualTo(101);
        assertThat(socket("Origin: https://APP.example.com:443\r\n").status()).isEqualTo(101);
        assertThat(socket("Origin: http://localhost\r\nCookie: a=b\r\n").status())
                .isEqualTo(101);
        assertThat(socket("").status()).isEqualTo(101);
        assertThat(socket("Origin: https://front.example\r\nX-Forwarded-Host: front.example\r\n"
                                + "X-Forwarded-Proto: https\r\n")
                        .status())
                .isEqualTo(101);
    }

    @Test
    @DisplayName("T8 T9: an origin that is listed for one tenant is none for another")
    void anOriginOfOneTenantIsNoneForAnother() {
        assertThat(socket("Origin: " + OTHERS + "\r\n").status()).isEqualTo(403);
        String events = "GET /v1/events?channel=vault:1&apikey=";
        Heard wrong = http(events + "pk_demo", "Origin: " + OTHERS + "\r\n");
        assertThat(wrong.status()).isEqualTo(403);
        assertThat(wrong.header("Access-Control-Allow-Origin")).isEmpty();
        Heard right = http(events + "pk_other", "Origin: " + OTHERS + "\r\n");
        assertThat(right.status()).isEqualTo(200);
        assertThat(right.header("Access-Control-Allow-Origin")).isEqualTo(OTHERS);
    }

    @Test
    @DisplayName("T9: no answer says that a page may read it which is not listed, and none allows cookies")
    void nothingIsReflected() {
        for (String origin : EVIL) {
            for (String line : List.of(
                    "GET /v1/events?channel=vault:1&apikey=pk_demo",
                    "GET /v1/entities/source?apikey=pk_demo",
                    "GET /v1/nothing",
                    "OPTIONS /v1/events")) {
                Heard heard = http(line, "Origin: " + origin + "\r\nAccess-Control-Request-Method: GET\r\n");
                assertThat(heard.status()).as(origin + line).isEqualTo(403);
                assertThat(heard.header("Access-Control-Allow-Origin"))
                        .as(origin)
                        .isEmpty();
                assertThat(heard.header("Vary")).contains("Origin");
            }
        }
        for (String origin : List.of(APP, "https://evil.com")) {
            Heard heard = http("GET /v1/events?channel=vault:1&apikey=pk_demo", "Origin: " + origin + "\r\n");
            assertThat(heard.text()).doesNotContainIgnoringCase("Access-Control-Allow-Credentials");
            assertThat(heard.header("Access-Control-Allow-Origin")).isNotEqualTo("*");
        }
    }

    @Test
    void aPreflightIsAnsweredForWhatSomeTenantLists() {
        for (String origin : List.of(APP, OTHERS)) {
            Heard heard = http(
                    "OPTIONS /v1/events",
                    "Origin: " + origin + "\r\nAccess-Control-Request-Method: GET\r\n"
                            + "Access-Control-Request-Headers: authorization\r\n");
            assertThat(heard.status()).isEqualTo(204);
            assertThat(heard.header("Access-Control-Allow-Origin")).isEqualTo(origin);
            assertThat(heard.header("Access-Control-Allow-Headers").split(", "))
                    .contains("Authorization", "Last-Event-ID", "traceparent")
                    .containsAll(ApiDescription.read("openapi.yaml").headers());
            assertThat(heard.header("Access-Control-Allow-Methods")).contains("GET", "POST");
        }
    }

    @Test
    void pagesAndHealthAreForEverybody() {
        assertThat(http("GET /health", "Origin: https://evil.com\r\n").status()).isEqualTo(200);
    }

    @Test
    void whatIsNoOriginIsRefusedAtTheStart() {
        for (String text :
                List.of("*", "app.example.com", "https://app.example.com/path", "null", "acme=*", "ftp://x")) {
            assertThatThrownBy(() -> Origins.parse(text)).as(text).hasMessageContaining("write scheme, host and port");
        }
        assertThat(Origins.parse("").everyones()).isEmpty();
        assertThat(Origins.parse("HTTPS://App.example.com:443").everyones()).containsExactly(APP);
    }
}
