package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.auth.TokenRules;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.IssuerStandIn;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.SocketClient;
import dev.rowcast.gateway.support.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A gateway whose tokens are signed by keys that have to be fetched.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class IssuerTest {

    private static String token(RSAKey key) {
        return IssuerStandIn.sign(
                key,
                new JWTClaimsSet.Builder()
                        .subject("user-1")
                        .claim("tenant_id", "demo")
                        .issuer("https://issuer.example")
                        .audience("rowcast")
                        .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                        .build());
    }

    private static TokenRules rules(IssuerStandIn issuer) {
        return new TokenRules(
                Optional.empty(),
                Optional.of(issuer.address("/jwks")),
                Set.of("RS256"),
                Optional.of("https://issuer.example"),
                Set.of("rowcast"),
                TokenRules.DEFAULT_TENANT_CLAIMS,
                TokenRules.DEFAULT_TYPES,
                Optional.empty());
    }

    /// Those of a shared secret, too.
    private static TokenRules bothRules(IssuerStandIn issuer) {
        return new TokenRules(
                Optional.of(Stage.JWT_SECRET),
                Optional.of(issuer.address("/jwks")),
                Set.of("RS256"),
                Optional.empty(),
                Set.of(),
                TokenRules.DEFAULT_TENANT_CLAIMS,
                TokenRules.DEFAULT_TYPES,
                Optional.empty());
    }

    private static String refresh(String token) {
        return "{\"type\":\"TOKEN_REFRESH\",\"id\":\"r\",\"payload\":{\"token\":\"" + token + "\"}}";
    }

    @Test
    @DisplayName("T5: who comes with a new key waits for it to be fetched, and a connection goes on meanwhile")
    void whoComesWithANewKeyWaitsForIt(Kafka kafka, Registry registry) throws Exception {
        RSAKey old = IssuerStandIn.rsa("old");
        RSAKey fresh = IssuerStandIn.rsa("fresh");
        try (IssuerStandIn issuer = new IssuerStandIn().publishes(old.toPublicJWK());
                Stage stage = Stage.set(kafka, registry, config -> config.withTokens(rules(issuer)));
                SocketClient here = SocketClient.open(stage.gateway.port(), "/v1/socket?token=" + token(old))) {
            int port = stage.gateway.port();
            here.next("WELCOME");
            assertThat(issuer.requests).hasSize(1);
            issuer.publishes(old.toPublicJWK(), fresh.toPublicJWK()).hold();

            here.send(refresh(token(fresh))).send(refresh(token(fresh)));
            Awaitility.await().until(() -> issuer.requests.size() == 2);
            // Threads of their own: the client that fetches keys in this JVM needs the common pool's.
            Executor threads = task -> Thread.ofVirtual().start(task);
            CompletableFuture<EventStream> stream = CompletableFuture.supplyAsync(
                    () -> EventStream.open(
                            port, "/v1/events?channel=vault:1", "Authorization: Bearer " + token(fresh) + "\r\n"),
                    threads);
            CompletableFuture<SocketClient> socket = CompletableFuture.supplyAsync(
                    () -> SocketClient.open(port, "/v1/socket?token=" + token(fresh)), threads);
            assertThat(here.next("ERROR")).contains("RATE_LIMITED", "retryAfterMs", "\"id\":\"r\"");
            here.send("{\"type\":\"PING\"}").next("PONG");
            Instant released = Instant.now();
            issuer.release();

            try (EventStream streaming = stream.join();
                    SocketClient talking = socket.join()) {
                streaming.next("SUBSCRIBED");
                talking.next("WELCOME");
                talking.send("{\"type\":\"PING\"}").next("PONG");
            }
            // Without waiting for the next fetch, which comes after half a minute.
            assertThat(Duration.between(released, Instant.now())).isLessThan(Duration.ofSeconds(20));
            here.send("{\"type\":\"PING\"}").next("PONG");
            assertThat(here.isClosed()).isFalse();
            assertThat(issuer.requests).hasSize(2);
        }
    }

    @Test
    @DisplayName("T5: without the issuer's keys nobody is let in by a token, and is told to come back")
    void withoutTheIssuersKeysNobodyIsLetIn(Kafka kafka, Registry registry) throws Exception {
        RSAKey key = IssuerStandIn.rsa("key");
        try (IssuerStandIn issuer =
                        new IssuerStandIn().publishes(key.toPublicJWK()).answers(500);
                Stage stage = Stage.set(kafka, registry, config -> config.withTokens(rules(issuer)))) {
            Awaitility.await().until(() -> !issuer.requests.isEmpty());
            try (EventStream stream = EventStream.open(
                            stage.gateway.port(),
                            "/v1/events?channel=vault:1",
                            "Authorization: Bearer " + token(key) + "\r\n");
                    SocketClient socket = SocketClient.open(stage.gateway.port(), "/?token=" + token(key));
                    EventStream byKey = stage.events("channel=vault:1")) {
                assertThat(stream.status()).isEqualTo(503);
                assertThat(socket.next("ERROR")).contains("ISSUER_UNREACHABLE");
                assertThat(socket.closeCode()).isEqualTo(4011);
                byKey.next("SUBSCRIBED");
            }
        }
    }

    @Test
    @DisplayName("RX-15 row 17: a refresh that cannot be judged now ends nothing, because the old token is still good")
    void aRefreshThatCannotBeJudgedEndsNothing(Kafka kafka, Registry registry) throws Exception {
        RSAKey key = IssuerStandIn.rsa("key");
        try (IssuerStandIn issuer =
                        new IssuerStandIn().publishes(key.toPublicJWK()).answers(500);
                Stage stage = Stage.set(kafka, registry, config -> config.withTokens(bothRules(issuer)))) {
            Awaitility.await().until(() -> !issuer.requests.isEmpty());
            Instant end = Instant.now().plusSeconds(8);
            try (SocketClient socket =
                    SocketClient.open(stage.gateway.port(), "/?token=" + Jwts.of("user-1", "demo", end))) {
                String refresh = refresh(token(key));
                for (int i = 0; i < 25; i++) {
                    socket.send(refresh);
                    assertThat(socket.next("ERROR")).contains("ISSUER_UNREACHABLE", "retryAfterMs", "\"id\":\"r\"");
                }
                socket.send("{\"type\":\"PING\"}").next("PONG");

                assertThat(socket.next("ERROR")).contains("TOKEN_EXPIRED");
                assertThat(socket.closeCode()).isEqualTo(4001);
            }
        }
    }
}
