package dev.rowcast.gateway.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.gateway.Gateway;
import dev.rowcast.gateway.GatewayConfig;
import dev.rowcast.gateway.auth.TokenRules;
import dev.rowcast.gateway.limit.Limits;
import dev.rowcast.gateway.policy.Policies;
import dev.rowcast.gateway.policy.Policy;
import dev.rowcast.schemas.catalog.CatalogException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void whatIsRequired(@TempDir Path folder) throws IOException {
        Path catalog = folder.resolve("rowcast.yaml");
        Files.writeString(catalog, """
                source: app
                tenancy: {constant: default}
                channels: {vault: {access: tenant}}
                tables:
                  public.vaults: {entity: vault, channels: ["vault:{id}"]}
                """);
        environment.putAll(Map.of(
                "KAFKA_BOOTSTRAP_SERVERS", "kafka:9092",
                "SCHEMA_REGISTRY_URL", "http://registry:8081",
                "ROWCAST_CATALOG", catalog.toString(),
                "ROWCAST_CURSOR_SECRET", "a cursor secret of its own",
                "ROWCAST_JWT_SECRET", "a token secret of its own, 32 bytes"));
    }

    @Test
    void withoutMoreThanWhatIsRequiredTheDefaultsHold() throws CatalogException {
        GatewayConfig config = Main.config(environment);

        assertThat(config.port()).isEqualTo(8080);
        assertThat(config.address()).isEqualTo("0.0.0.0");
        assertThat(config.managementPort()).isEqualTo(8081);
        assertThat(config.managementAddress()).isEqualTo("127.0.0.1");
        assertThat(config.bootstrapServers()).isEqualTo("kafka:9092");
        assertThat(config.registryUrl()).isEqualTo("http://registry:8081");
        assertThat(config.catalog().source()).isEqualTo("app");
        assertThat(config.database()).isEmpty();
        assertThat(config.redis()).isEmpty();
        assertThat(config.page()).isEmpty();
        assertThat(config.limits()).isEqualTo(Limits.DEFAULTS);
        assertThat(Limits.DEFAULTS.idle()).isEqualTo(Duration.ofSeconds(75));
    }

    @Test
    void everyVariableIsRead() throws CatalogException {
        environment.putAll(Map.of(
                "ROWCAST_PORT", "18080",
                "ROWCAST_ADDRESS", "127.0.0.1",
                "ROWCAST_MANAGEMENT_PORT", "18081",
                "ROWCAST_MANAGEMENT_ADDRESS", "0.0.0.0",
                "DATABASE_URL", "postgres://rowcast:secret@db:5432/app",
                "ROWCAST_POLL_SECONDS", "20",
                "ROWCAST_DRAIN_SECONDS", "6",
                "ROWCAST_PAGE", "/srv/page"));
        environment.putAll(Map.of(
                "ROWCAST_UNANSWERED_SECONDS",
                "50",
                "ROWCAST_LINGER_SECONDS",
                "7",
                "ROWCAST_PENDING_MIB_OF_NODE",
                "3000"));

        GatewayConfig config = Main.config(environment);

        assertThat(config.port()).isEqualTo(18080);
        assertThat(config.address()).isEqualTo("127.0.0.1");
        assertThat(config.managementPort()).isEqualTo(18081);
        assertThat(config.managementAddress()).isEqualTo("0.0.0.0");
        assertThat(config.database().orElseThrow().user()).isEqualTo("rowcast");
        assertThat(config.page()).contains(Path.of("/srv/page"));
        assertThat(config.limits().poll()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.limits().drain()).isEqualTo(Duration.ofSeconds(6));
        assertThat(config.limits().flow().linger()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.limits().flow().unanswered()).isEqualTo(Duration.ofSeconds(50));
        assertThat(config.limits().flow().nodeBytes()).isEqualTo(3000L << 20);
        assertThat(config.toString()).doesNotContain("secret");
    }

    @Test
    @DisplayName("The password in Redis' address is in no message and no log")
    void redisIsNamedByItsAddress() throws CatalogException {
        environment.put("REDIS_URL", "redis://user:secret@redis:6379/1");

        GatewayConfig config = Main.config(environment);

        assertThat(config.redis().orElseThrow().url()).isEqualTo("redis://user:secret@redis:6379/1");
        assertThat(config.toString()).doesNotContain("secret");
        environment.put("REDIS_URL", "http://user:secret@redis:6379/1");
        assertThatThrownBy(() -> Main.config(environment))
                .hasMessageStartingWith("REDIS_URL must be as in redis://")
                .hasMessageNotContaining("secret@");
    }

    @Test
    void policiesComeFromProfilesAndAFileThatHasTheLastWord(@TempDir Path folder) throws IOException {
        GatewayConfig own = Main.config(environment);
        assertThat(own.policies()).isEqualTo(Policies.NONE);
        Path file = Files.writeString(folder.resolve("limits.yaml"), """
                policies: {run: {slidingWindow: 9/60s, by: principal, checkOnly: true}}
                """);

        Policies policies = Gateway.configured(
                        own, Map.of("ROWCAST_LIMITS_PROFILE", "api, runs", "ROWCAST_LIMITS", file.toString()))
                .policies();

        assertThat(policies.all()).extracting(Policy::name).containsExactly("api", "run");
        assertThat(policies.find("run").orElseThrow().rule().limit()).isEqualTo(9);
        assertThatThrownBy(() -> Gateway.configured(own, Map.of("ROWCAST_LIMITS_PROFILE", "apis")))
                .hasMessageContaining("ROWCAST_LIMITS_PROFILE: there is no profile \"apis\"; use one of");
        assertThatThrownBy(() -> Gateway.configured(own, Map.of("ROWCAST_LIMITS", "/nowhere/limits.yaml")))
                .hasMessageContaining("/nowhere/limits.yaml: the file cannot be read");
    }

    @Test
    void whatIsNoTimeIsNamed() {
        for (String wrong : List.of("0", "-1", "4s", "x")) {
            Map<String, String> environment = new HashMap<>(this.environment);
            environment.put("ROWCAST_DRAIN_SECONDS", wrong);
            assertThatThrownBy(() -> Main.config(environment))
                    .hasMessage("ROWCAST_DRAIN_SECONDS must be a whole number from 1 to 999999999, is '%s'"
                            .formatted(wrong));
        }
    }

    @Test
    void whereTheIssuerPublishesItsKeysNoSecretIsNeeded() throws CatalogException {
        environment.remove("ROWCAST_JWT_SECRET");
        environment.putAll(Map.of(
                "ROWCAST_JWT_JWKS", "https://issuer.example/.well-known/jwks.json",
                "ROWCAST_JWT_ISSUER", "https://issuer.example",
                "ROWCAST_JWT_AUDIENCE", "rowcast, rowcast-staging",
                "ROWCAST_JWT_ALGORITHMS", "ES256",
                "ROWCAST_JWT_TENANT_CLAIMS", "https://app.example/tenant,org.id",
                "ROWCAST_JWT_TYPES", "at+JWT,untyped",
                "ROWCAST_COOKIE", "rowcast_token"));

        TokenRules rules = Main.config(environment).tokens();

        assertThat(rules)
                .isEqualTo(new TokenRules(
                        Optional.empty(),
                        Optional.of(URI.create("https://issuer.example/.well-known/jwks.json")),
                        Set.of("ES256"),
                        Optional.of("https://issuer.example"),
                        Set.of("rowcast", "rowcast-staging"),
                        List.of("https://app.example/tenant", "org.id"),
                        Set.of("at+jwt", "untyped"),
                        Optional.of("rowcast_token")));
        environment.put("ROWCAST_JWT_JWKS", "/etc/rowcast/keys.json");
        assertThat(Main.config(environment).tokens().keys()).contains(URI.create("file:///etc/rowcast/keys.json"));
    }

    @Test
    @DisplayName("T12: who lets an address have more connections lets it have the sockets for them")
    void socketsOfAnAddressFollowItsConnections() throws CatalogException {
        GatewayConfig own = Main.config(environment);

        assertThat(sockets(own, Map.of())).isEqualTo(4_000);
        assertThat(sockets(own, Map.of("ROWCAST_LIMIT_CONNECTIONS_OF_ADDRESS", "9")))
                .isEqualTo(4_000);
        Map<String, String> more = new HashMap<>(Map.of("ROWCAST_LIMIT_CONNECTIONS_OF_ADDRESS", "20000"));
        assertThat(sockets(own, more)).isEqualTo(40_000);
        more.put("ROWCAST_LIMIT_SOCKETS_OF_ADDRESS", "7");
        assertThat(sockets(own, more)).isEqualTo(7);
    }

    private static int sockets(GatewayConfig own, Map<String, String> variables) {
        return Gateway.configured(own, variables).limits().connections().sockets();
    }

    @Test
    @DisplayName("T4: a gateway in the process of everything takes the rules for tokens from the environment too")
    void aGatewayInTheProcessOfEverythingTakesThemToo() throws CatalogException {
        GatewayConfig own = Main.config(environment);

        assertThat(Gateway.configured(own, Map.of()).tokens()).isEqualTo(own.tokens());
        TokenRules rules = Gateway.configured(
                        own,
                        Map.of(
                                "ROWCAST_JWT_JWKS",
                                "https://issuer.example.com/keys",
                                "ROWCAST_JWT_AUDIENCE",
                                "rowcast"))
                .tokens();
        assertThat(rules.keys()).contains(URI.create("https://issuer.example.com/keys"));
        assertThat(rules.audiences()).containsExactly("rowcast");
        assertThat(rules.secret()).as("its own is good for nothing any more").isEmpty();
        String another = "another secret for tokens, 32 bytes";
        assertThat(Gateway.configured(own, Map.of("ROWCAST_JWT_SECRET", another))
                        .tokens()
                        .secret())
                .contains(another);
    }

    @Test
    void whatCannotBeARuleForTokensIsNamedWithoutItsSecret() {
        Map<String, String> wrong = Map.of(
                "ROWCAST_JWT_JWKS=http://issuer.example/jwks", "not from 'http://issuer.example'",
                "ROWCAST_JWT_JWKS=https://user:hidden@issuer.example/jwks", "not from 'https://issuer.example'",
                "ROWCAST_JWT_JWKS=ldap://issuer.example/jwks", "not from 'ldap://issuer.example'",
                "ROWCAST_JWT_ALGORITHMS=RS256,HS256", "is 'HS256'",
                "ROWCAST_JWT_ALGORITHMS=none", "is 'none'",
                "ROWCAST_JWT_ALGORITHMS=,", "at least one algorithm",
                "ROWCAST_COOKIE=a b", "is 'a b'",
                "ROWCAST_JWT_SECRET=hidden", "has 6 bytes");
        wrong.forEach((setting, message) -> {
            Map<String, String> changed = new HashMap<>(environment);
            changed.put(setting.split("=")[0], setting.split("=")[1]);

            assertThatThrownBy(() -> Main.config(changed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(message)
                    .hasMessageNotContaining("hidden");
        });
    }

    @Test
    void aVariableThatIsMissingOrBlankIsNamed() {
        for (String name : List.copyOf(environment.keySet())) {
            Map<String, String> without = new HashMap<>(environment);
            without.remove(name);
            Map<String, String> blank = new HashMap<>(environment);
            blank.put(name, " ");

            assertThatThrownBy(() -> Main.config(without))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("set the variable " + name);
            assertThatThrownBy(() -> Main.config(blank)).hasMessage("set the variable " + name);
        }
    }

    @Test
    void whatIsNoPortIsNamedWithItsValue() {
        for (String name : List.of("ROWCAST_PORT", "ROWCAST_MANAGEMENT_PORT")) {
            for (String value : List.of("http", "-1", "65536", "8080.5")) {
                Map<String, String> wrong = new HashMap<>(environment);
                wrong.put(name, value);

                assertThatThrownBy(() -> Main.config(wrong))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("%s must be a port number from 0 to 65535, is '%s'", name, value);
            }
        }
    }

    @Test
    void aCatalogThatIsNotThereIsNamed() {
        environment.put("ROWCAST_CATALOG", "/nowhere/rowcast.yaml");

        assertThatThrownBy(() -> Main.config(environment))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("/nowhere/rowcast.yaml");
    }
}
