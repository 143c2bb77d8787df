package dev.rowcast.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.rowcast.gateway.auth.IssuerKeys.Timing;
import dev.rowcast.gateway.support.IssuerStandIn;
import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.TestClock;
import dev.rowcast.schemas.catalog.Tenancy;
import dev.rowcast.schemas.protocol.ErrorCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tokens signed with the keys that an issuer publishes, and those that only pretend to be.
class IssuerTokensTest {

    private static final String SECRET = "a token secret for tests, 32 bytes long";
    private static final Timing SELDOM =
            new Timing(Duration.ofHours(9), Duration.ofMillis(50), Duration.ofSeconds(30), Duration.ofHours(1));
    private static final RSAKey RSA = IssuerStandIn.rsa("rsa-1");
    private static final ECKey EC = IssuerStandIn.ec("ec-1");

    private final IssuerStandIn issuer = new IssuerStandIn().publishes(RSA.toPublicJWK(), EC.toPublicJWK());
    private final TestClock clock = new TestClock(Instant.parse("2026-06-01T12:00:00Z"));
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final List<AutoCloseable> opened = new ArrayList<>(List.of(issuer));
    private IssuerKeys keys = open(issuer.address("/jwks"));
    private Tokens tokens = tokens(rules(Set.of()));

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private IssuerKeys open(URI address) {
        IssuerKeys made = new IssuerKeys(IssuerSource.of(address), SELDOM, clock, meters);
        opened.add(made);
        return made;
    }

    private Tokens tokens(TokenRules rules) {
        return new Tokens(rules, new Tenancy.Column("tenant_id"), clock, Optional.of(keys));
    }

    private static TokenRules rules(Set<String> audiences) {
        return new TokenRules(
                Optional.of(SECRET),
                Optional.of(URI.create("https://issuer.example/jwks")),
                TokenRules.DEFAULT_ALGORITHMS,
                audiences.isEmpty() ? Optional.empty() : Optional.of("https://issuer.example"),
                audiences,
                List.of("tenant_id", "app_metadata.tenant_id", "https://app.example/tenant"),
                TokenRules.DEFAULT_TYPES,
                Optional.empty());
    }

    private JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder()
                .subject("user-1")
                .claim("tenant_id", "demo")
                .expirationTime(Date.from(clock.instant().plusSeconds(600)));
        change.accept(claims);
        return claims.build();
    }

    private JWTClaimsSet claims() {
        return claims(same -> {});
    }

    private static Outcome of(CompletionStage<Outcome> outcome) {
        return outcome.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private static String code(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Granted(Identity identity) ->
                identity.tenant() + "/" + identity.principal().id();
            case Outcome.Refused(ErrorCode code, String reason) -> code.name();
        };
    }

    private String judged(String token) {
        return code(of(tokens.verify(token)));
    }

    private String signed(JWSHeader.Builder header, JWTClaimsSet claims) {
        return IssuerStandIn.sign(RSA, header.keyID("rsa-1").build(), claims);
    }

    private static JWSHeader.Builder rs256() {
        return new JWSHeader.Builder(JWSAlgorithm.RS256);
    }

    @Test
    void whatAPublishedKeySignedLetsIn() {
        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("demo/user-1");
        assertThat(judged(IssuerStandIn.sign(EC, claims()))).isEqualTo("demo/user-1");
        assertThat(issuer.requests).containsExactly("/jwks");
    }

    @Test
    void ed25519IsVerifiedToo() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        issuer.publishes(new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point))
                .keyID("ed-1")
                .build());
        String content = IssuerStandIn.text("{\"alg\":\"EdDSA\",\"kid\":\"ed-1\"}") + "."
                + IssuerStandIn.text(claims().toString());
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(content.getBytes(StandardCharsets.US_ASCII));
        String signed = Base64URL.encode(signature.sign()).toString();

        assertThat(judged(content + "." + signed)).isEqualTo("demo/user-1");
        assertThat(judged(content + "." + (signed.startsWith("A") ? "B" : "A") + signed.substring(1)))
                .isEqualTo("AUTH_FAILED");
        assertThat(judged(content + ".AAAA")).isEqualTo("AUTH_FAILED");
    }

    @Test
    @DisplayName("T4: no algorithm, another one, or a public key used as a shared secret proves nothing")
    void theAlgorithmIsNotTheTokensChoice() throws Exception {
        String body = "." + IssuerStandIn.text(claims().toString()) + ".";
        assertThat(judged(IssuerStandIn.text("{\"alg\":\"none\"}") + body)).isEqualTo("AUTH_FAILED");
        assertThat(judged(IssuerStandIn.text("{\"alg\":\"NONE\",\"kid\":\"rsa-1\"}") + body))
                .isEqualTo("AUTH_FAILED");

        String hs256 = "{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}";
        byte[] der = RSA.toRSAPublicKey().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n" + Base64.encode(der) + "\n-----END PUBLIC KEY-----\n";
        for (String secret : List.of(
                pem,
                new String(der, StandardCharsets.ISO_8859_1),
                RSA.getModulus().toString(),
                RSA.toPublicJWK().toString())) {
            assertThat(judged(Jwts.signed(hs256, claims().toString(), secret))).isEqualTo("AUTH_FAILED");
        }

        // A published key serves its own algorithms, and of these the pinned ones.
        assertThat(judged(IssuerStandIn.sign(
                        RSA,
                        new JWSHeader.Builder(JWSAlgorithm.RS512).keyID("rsa-1").build(),
                        claims())))
                .isEqualTo("AUTH_FAILED");
        assertThat(judged(IssuerStandIn.sign(
                        EC,
                        new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("rsa-1").build(),
                        claims())))
                .isEqualTo("AUTH_FAILED");
        // The shared secret serves HS256 alone.
        assertThat(judged(Jwts.signed("{\"alg\":\"HS256\"}", claims().toString(), SECRET)))
                .isEqualTo("demo/user-1");
        assertThat(judged(Jwts.signed("{\"alg\":\"HS512\"}", claims().toString(), SECRET)))
                .isEqualTo("AUTH_FAILED");
        assertThat(judged(Jwts.signed("{\"alg\":\"RS256\"}", claims().toString(), SECRET)))
                .isEqualTo("AUTH_FAILED");
    }

    @Test
    @DisplayName(
            "T4: a shared secret among the published keys verifies nothing, nor does a key for encryption or a short one")
    void onlyKeysForSignaturesAreTaken() throws Exception {
        String oct = "{\"kty\":\"oct\",\"kid\":\"o\",\"k\":\"" + Base64URL.encode(SECRET) + "\"}";
        RSAKey forEncryption = new RSAKey.Builder(RSA)
                .keyID("enc")
                .keyUse(com.nimbusds.jose.jwk.KeyUse.ENCRYPTION)
                .build();
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        RSAKey small = new RSAKey.Builder((java.security.interfaces.RSAPublicKey)
                        generator.generateKeyPair().getPublic())
                .keyID("small")
                .build();
        issuer.publishes("{\"keys\":[%s,%s,%s]}".formatted(oct, forEncryption.toPublicJWK(), small));

        assertThat(judged(Jwts.signed("{\"alg\":\"HS256\",\"kid\":\"o\"}", claims().toString(), "another " + SECRET)))
                .isEqualTo("AUTH_FAILED");
        assertThat(judged(IssuerStandIn.sign(forEncryption, claims()))).isEqualTo("AUTH_FAILED");
        JWSHeader header = rs256().keyID("small").build();
        assertThat(keys.find(header).toCompletableFuture().join()).isEqualTo(new IssuerKeys.Found.Unknown());
    }

    @Test
    @DisplayName("T4: what a token brings along or points to is not looked at")
    void keysThatATokenBringsAreNotLookedAt() throws Exception {
        RSAKey mine = IssuerStandIn.rsa("mine");
        List<String> attempts = List.of(
                IssuerStandIn.sign(
                        mine, rs256().jwk(mine.toPublicJWK()).keyID("mine").build(), claims()),
                IssuerStandIn.sign(
                        mine, rs256().jwk(mine.toPublicJWK()).keyID("rsa-1").build(), claims()),
                IssuerStandIn.sign(
                        mine,
                        rs256().jwkURL(issuer.address("/mine")).keyID("rsa-1").build(),
                        claims()),
                IssuerStandIn.sign(
                        mine,
                        rs256().x509CertURL(issuer.address("/mine"))
                                .keyID("rsa-1")
                                .build(),
                        claims()),
                IssuerStandIn.sign(
                        mine,
                        rs256().x509CertChain(List.of(Base64.encode("mine")))
                                .keyID("rsa-1")
                                .build(),
                        claims()));
        for (String token : attempts) {
            assertThat(judged(token)).isEqualTo("AUTH_FAILED");
        }
        for (String kid :
                List.of("../../x", "/etc/passwd", "http://127.0.0.1/x", "' or '1'='1", "", " rsa-1", "RSA-1")) {
            assertThat(judged(IssuerStandIn.sign(mine, rs256().keyID(kid).build(), claims())))
                    .isEqualTo("AUTH_FAILED");
        }
        assertThat(Set.copyOf(issuer.requests)).containsExactly("/jwks");
    }

    @Test
    @DisplayName("T4: what must be understood and is not, and another type of token, are refused")
    void unknownHeadersThatMatterAreRefused() {
        assertThat(judged(signed(rs256().criticalParams(Set.of("x")).customParam("x", 1), claims())))
                .isEqualTo("AUTH_FAILED");
        assertThat(judged(signed(rs256().type(new JOSEObjectType("dpop+jwt")), claims())))
                .isEqualTo("AUTH_FAILED");
        for (String type : List.of("JWT", "jwt", "at+jwt", "application/at+jwt")) {
            assertThat(judged(signed(rs256().type(new JOSEObjectType(type)), claims())))
                    .isEqualTo("demo/user-1");
        }
    }

    @Test
    @DisplayName(
            "T4: a token for somebody else, from somebody else, too early, too late, without end or without tenant is refused")
    void claimsAreHeldAgainstTheRules() {
        tokens = tokens(rules(Set.of("rowcast", "rowcast-staging")));
        Consumer<JWTClaimsSet.Builder> good =
                claims -> claims.issuer("https://issuer.example").audience(List.of("app", "rowcast"));
        Instant time = clock.instant();
        assertThat(judged(IssuerStandIn.sign(RSA, claims(good)))).isEqualTo("demo/user-1");
        Map<Consumer<JWTClaimsSet.Builder>, String> cases = Map.of(
                claims -> claims.audience("app"), "AUTH_FAILED",
                claims -> claims.audience((String) null), "AUTH_FAILED",
                claims -> claims.issuer("https://issuer.example.evil"), "AUTH_FAILED",
                claims -> claims.issuer(null), "AUTH_FAILED",
                claims -> claims.expirationTime(null), "AUTH_FAILED",
                claims -> claims.expirationTime(Date.from(time.minusSeconds(60))), "TOKEN_EXPIRED",
                claims -> claims.notBeforeTime(Date.from(time.plusSeconds(62))), "AUTH_FAILED",
                claims -> claims.claim("tenant_id", List.of("demo")), "AUTH_FAILED",
                claims -> claims.claim("tenant_id", "x".repeat(129)), "AUTH_FAILED",
                claims -> claims.subject("x".repeat(257)), "AUTH_FAILED");
        cases.forEach((change, code) -> assertThat(judged(IssuerStandIn.sign(RSA, claims(good.andThen(change)))))
                .isEqualTo(code));
        assertThat(judged(IssuerStandIn.sign(
                        RSA,
                        claims(good.andThen(claims -> claims.expirationTime(Date.from(time.minusSeconds(59)))
                                .notBeforeTime(Date.from(time.plusSeconds(59))))))))
                .isEqualTo("demo/user-1");
        assertThat(judged(IssuerStandIn.sign(
                        RSA,
                        claims(good.andThen(claims -> claims.expirationTime(new Date(Long.MAX_VALUE / 1000 * 1000)))))))
                .isEqualTo("demo/user-1");
    }

    @Test
    void theTenantIsLookedForWhereTheRulesSay() {
        assertThat(judged(IssuerStandIn.sign(
                        RSA,
                        claims(claims ->
                                claims.claim("tenant_id", null).claim("app_metadata", Map.of("tenant_id", "inner"))))))
                .isEqualTo("inner/user-1");
        assertThat(judged(IssuerStandIn.sign(
                        RSA,
                        claims(claims ->
                                claims.claim("tenant_id", null).claim("https://app.example/tenant", "named")))))
                .isEqualTo("named/user-1");
        assertThat(judged(IssuerStandIn.sign(RSA, claims(claims -> claims.claim("tenant_id", 42)))))
                .isEqualTo("42/user-1");
        assertThat(judged(IssuerStandIn.sign(
                        RSA, claims(claims -> claims.claim("tenant_id", null).claim("org", "x")))))
                .isEqualTo("AUTH_FAILED");
    }

    @Test
    void whatIsNoTokenIsRefusedWhateverItsLengthAndDepth() {
        String deep = "{\"alg\":\"RS256\",\"x\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}";
        for (String text : List.of(
                "",
                ".",
                "..",
                "a.b.c",
                "a.b.c.d.e",
                "eyJ",
                "x".repeat(100_000),
                IssuerStandIn.text(deep) + ".e30.AAAA",
                IssuerStandIn.sign(RSA, claims()) + "x".repeat(9_000))) {
            assertThat(judged(text)).isEqualTo("AUTH_FAILED");
        }
    }

    @Test
    @DisplayName("T5: a new key works with its first token, and the one that left is refused from then on")
    void aNewKeyWorksWithItsFirstToken() {
        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("demo/user-1");
        RSAKey next = IssuerStandIn.rsa("rsa-2");
        issuer.publishes(next.toPublicJWK());
        assertThat(judged(IssuerStandIn.sign(RSA, claims())))
                .as("not fetched again yet")
                .isEqualTo("demo/user-1");

        Instant began = Instant.now();
        assertThat(judged(IssuerStandIn.sign(next, claims()))).isEqualTo("demo/user-1");
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(5));

        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("AUTH_FAILED");
    }

    @Test
    @DisplayName("T5: 10,000 made-up keys cost one fetch in 30 s")
    void madeUpKeysCostOneFetch() {
        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("demo/user-1");
        String body = "." + IssuerStandIn.text(claims().toString()) + ".AAAA";
        for (int i = 0; i < 10_000; i++) {
            assertThat(judged(IssuerStandIn.text("{\"alg\":\"RS256\",\"kid\":\"k" + i + "\"}") + body))
                    .isEqualTo("AUTH_FAILED");
        }
        assertThat(issuer.requests).hasSize(2);
        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("demo/user-1");

        clock.pass(Duration.ofSeconds(30));
        judged(IssuerStandIn.text("{\"alg\":\"RS256\",\"kid\":\"later\"}") + body);
        assertThat(issuer.requests).hasSize(3);
    }

    @Test
    @DisplayName("T5: without the issuer its keys last for an hour, then nobody is let in until it is back")
    void withoutTheIssuerItsKeysLastForAnHour() {
        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("demo/user-1");
        issuer.answers(503);

        clock.pass(Duration.ofMinutes(59));
        keys.fetch().join();
        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("demo/user-1");
        clock.pass(Duration.ofMinutes(1));
        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("ISSUER_UNREACHABLE");

        issuer.answers(200);
        keys.fetch().join();
        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("demo/user-1");
        assertThat(meters.counter("rowcast.issuer.fetches", "outcome", "failed").count())
                .isEqualTo(1);
    }

    @Test
    void anAnswerThatIsNoSetOfKeysChangesNothing() {
        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("demo/user-1");
        for (String answer : List.of("<html>", "[]", "{}", "x".repeat(1 << 20))) {
            issuer.publishes(answer);
            keys.fetch().join();
        }
        issuer.publishes(EC.toPublicJWK()).answers(302);
        keys.fetch().join();

        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("demo/user-1");
        assertThat(issuer.requests).doesNotContain("/elsewhere");
    }

    @Test
    void anIssuerThatIsNotThereAtTheStartIsWaitedFor() {
        issuer.answers(500);
        keys = open(issuer.address("/late"));
        tokens = tokens(rules(Set.of()));
        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("ISSUER_UNREACHABLE");
        issuer.answers(200);

        Awaitility.await().until(() -> judged(IssuerStandIn.sign(RSA, claims())).equals("demo/user-1"));
    }

    @Test
    void keysMayBeInAFileThatIsReplaced(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys.json");
        Files.writeString(file, "{\"keys\":[" + EC.toPublicJWK() + "]}");
        keys = open(file.toUri());
        tokens = tokens(rules(Set.of()));
        assertThat(judged(IssuerStandIn.sign(EC, claims()))).isEqualTo("demo/user-1");

        Files.writeString(file, "{\"keys\":[" + RSA.toPublicJWK() + "]}");

        assertThat(judged(IssuerStandIn.sign(RSA, claims()))).isEqualTo("demo/user-1");
        assertThat(judged(IssuerStandIn.sign(EC, claims()))).isEqualTo("AUTH_FAILED");
        assertThat(issuer.requests).doesNotContain("/keys.json");
    }
}
