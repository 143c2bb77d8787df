package dev.rowcast.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.support.Jwts;
import dev.rowcast.gateway.support.TestClock;
import dev.rowcast.schemas.catalog.Tenancy;
import dev.rowcast.schemas.protocol.ErrorCode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Whose a token is where the catalog has one tenant for all rows.
class ConstantTenancyTest {

    private static final String SECRET = "a token secret for tests, 32 bytes long";
    private static final Tenancy CONSTANT = new Tenancy.Constant("acme");
    private static final Tenancy COLUMN = new Tenancy.Column("tenant_id");

    private final TestClock clock = new TestClock(Instant.parse("2026-06-01T12:00:00Z"));

    /// @param claims more of them, as JSON members
    private String judged(Tenancy tenancy, String claims) {
        String token = Jwts.signed(
                "{\"alg\":\"HS256\"}",
                "{\"sub\":\"user-1\",\"exp\":%d%s}"
                        .formatted(clock.instant().plusSeconds(600).getEpochSecond(), claims),
                SECRET);
        try (Tokens tokens = new Tokens(TokenRules.ofSecret(SECRET), tenancy, clock, new SimpleMeterRegistry())) {
            return switch (tokens.verify(token).toCompletableFuture().join()) {
                case Outcome.Granted(Identity identity) ->
                    identity.tenant() + "/" + identity.principal().id();
                case Outcome.Refused(ErrorCode code, String reason) -> code.name();
            };
        }
    }

    @Test
    @DisplayName("RX-24, RX-39: a token of a single-tenant installation names no tenant")
    void aTokenOfASingleTenantInstallationNamesNoTenant() {
        assertThat(judged(CONSTANT, "")).isEqualTo("acme/user-1");
        assertThat(judged(CONSTANT, ",\"app_metadata\":{\"roles\":[]},\"org_id\":null"))
                .isEqualTo("acme/user-1");
        assertThat(judged(CONSTANT, ",\"tenant_id\":\"acme\"")).isEqualTo("acme/user-1");
    }

    @Test
    @DisplayName("P4: a token that names another tenant, or names one unreadably, is refused also there")
    void aTokenOfAnotherTenantIsRefused() {
        for (String claim : List.of(
                "\"tenant_id\":\"other\"",
                "\"tenant\":\"other\"",
                "\"org_id\":7",
                "\"app_metadata\":{\"tenant_id\":\"other\"}",
                "\"tenant_id\":\"\"",
                "\"tenant_id\":[\"acme\"]",
                "\"tenant_id\":\"acme\",\"org_id\":\"other\"",
                "\"tenant_id\":{\"id\":\"other\"}")) {
            assertThat(judged(CONSTANT, "," + claim)).as(claim).isEqualTo("AUTH_FAILED");
        }
    }

    @Test
    @DisplayName("P4: where a column says the tenant, a token without one is refused")
    void whereAColumnSaysTheTenantATokenMustToo() {
        assertThat(judged(COLUMN, "")).isEqualTo("AUTH_FAILED");
        assertThat(judged(COLUMN, ",\"tenant_id\":\"\"")).isEqualTo("AUTH_FAILED");
        assertThat(judged(COLUMN, ",\"tenant_id\":\"other\"")).isEqualTo("other/user-1");
        assertThat(judged(COLUMN, ",\"tenant_id\":\"acme\",\"org_id\":\"other\""))
                .isEqualTo("acme/user-1");
    }
}
