package dev.rowcast.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.auth.Outcome.Granted;
import dev.rowcast.gateway.auth.Outcome.Refused;
import dev.rowcast.gateway.support.TestClock;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A ticket proves what is sealed in it, once, for 30 s.
class TicketsTest {

    private static final String SECRET = "a cursor secret for tests";
    private static final Optional<String> NO_PAGE = Optional.empty();

    private final TestClock clock = new TestClock(Instant.parse("2026-06-01T12:00:00Z"));
    private final Keys keys = new Keys(clock);
    private final Tickets tickets = new Tickets(SECRET, keys, clock);
    private final Identity user = new Identity(
            new TenantId("demo"),
            new Principal(Principal.Kind.USER, "ünïcode"),
            Optional.of(clock.instant().plusSeconds(20)),
            Reach.of(List.of("vault:1", "site:*")));

    private static ErrorCode code(Outcome outcome) {
        return outcome instanceof Refused(ErrorCode code, String reason) ? code : ErrorCode.INTERNAL;
    }

    private static Identity of(String tenant, Principal.Kind kind, String id) {
        return new Identity(new TenantId(tenant), new Principal(kind, id), Optional.empty());
    }

    @Test
    void aTicketIsWhoeverHadItMade() {
        for (Identity identity : List.of(
                user, of("other", Principal.Kind.ANONYMOUS, "anonymous"), of("demo", Principal.Kind.USER, "x"))) {
            assertThat(tickets.redeem(tickets.issue(identity, NO_PAGE), NO_PAGE))
                    .isEqualTo(new Granted(identity));
        }
    }

    @Test
    void noTwoAreTheSame() {
        Set<String> all = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(tickets.issue(user, NO_PAGE));
        }
        assertThat(all).hasSize(1_000);
    }

    @Test
    @DisplayName("T27: no flipped bit, no other secret, no other text makes a ticket")
    void nothingElseIsATicket() {
        String ticket = tickets.issue(user, NO_PAGE);
        byte[] bytes = Base64.getUrlDecoder().decode(ticket);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(flipped);
            assertThat(code(tickets.redeem(text, NO_PAGE))).isEqualTo(ErrorCode.AUTH_FAILED);
        }
        for (int length = 0; length < bytes.length; length++) {
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(bytes, length));
            assertThat(code(tickets.redeem(text, NO_PAGE))).isEqualTo(ErrorCode.AUTH_FAILED);
        }
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            byte[] any = new byte[random.nextInt(300)];
            random.nextBytes(any);
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(any);
            assertThat(code(tickets.redeem(text, NO_PAGE))).as("seed " + seed).isEqualTo(ErrorCode.AUTH_FAILED);
        }
        for (String text : List.of("", " ", ticket + "=", ticket + "A", "x".repeat(1 << 20), "ünïcode")) {
            assertThat(code(tickets.redeem(text, NO_PAGE))).isEqualTo(ErrorCode.AUTH_FAILED);
        }
        assertThat(code(new Tickets("another cursor secret", keys, clock).redeem(ticket, NO_PAGE)))
                .isEqualTo(ErrorCode.AUTH_FAILED);
        assertThat(tickets.redeem(ticket, NO_PAGE)).isEqualTo(new Granted(user));
    }

    @Test
    void itEndsAfter30SAndWithItsCredential() {
        String ofUser = tickets.issue(user, NO_PAGE);
        String ofKey = tickets.issue(of("demo", Principal.Kind.USER, "x"), NO_PAGE);
        clock.pass(Duration.ofSeconds(20));
        assertThat(code(tickets.redeem(ofUser, NO_PAGE))).isEqualTo(ErrorCode.TOKEN_EXPIRED);
        clock.pass(Duration.ofSeconds(10));
        assertThat(code(tickets.redeem(ofKey, NO_PAGE))).isEqualTo(ErrorCode.AUTH_FAILED);
    }

    @Test
    void oneFromAGatewayWhoseClockIsAheadIsNoneBecauseItWouldBeForgottenBeforeItEnds() {
        TestClock ahead = new TestClock(clock.instant().plusSeconds(6));
        String ticket = new Tickets(SECRET, keys, ahead).issue(user, NO_PAGE);

        assertThat(code(tickets.redeem(ticket, NO_PAGE))).isEqualTo(ErrorCode.AUTH_FAILED);
    }

    @Test
    void itsKeyMustBeValidWhenItIsUsed() {
        Identity identity = of("demo", Principal.Kind.KEY, "web");
        Keys.Key key = new Keys.Key("web", "demo", "publishable", "0".repeat(64), Set.of("subscribe"));
        String ticket = tickets.issue(identity, NO_PAGE);
        assertThat(code(tickets.redeem(ticket, NO_PAGE))).isEqualTo(ErrorCode.CREDENTIAL_REVOKED);
        keys.put(new Keys.Key("web", "other", "publishable", "0".repeat(64), Set.of("subscribe")));
        assertThat(code(tickets.redeem(ticket, NO_PAGE))).isEqualTo(ErrorCode.CREDENTIAL_REVOKED);
        keys.put(key);
        assertThat(tickets.redeem(ticket, NO_PAGE)).isEqualTo(new Granted(identity));
        keys.remove("web");
        assertThat(code(tickets.redeem(tickets.issue(identity, NO_PAGE), NO_PAGE)))
                .isEqualTo(ErrorCode.CREDENTIAL_REVOKED);
    }

    @Test
    void whatWasUsedIsRememberedWithinBoundsAndOverThemNothingIsTaken() {
        Tickets few = new Tickets(SECRET, keys, clock, new UsedTickets(3, 2, Duration.ofSeconds(35)));
        Identity demo = of("demo", Principal.Kind.USER, "x");
        Identity other = of("other", Principal.Kind.USER, "x");
        String first = few.issue(demo, NO_PAGE);
        assertThat(few.redeem(first, NO_PAGE)).isEqualTo(new Granted(demo));
        assertThat(few.redeem(few.issue(demo, NO_PAGE), NO_PAGE)).isEqualTo(new Granted(demo));
        assertThat(code(few.redeem(few.issue(demo, NO_PAGE), NO_PAGE))).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(few.redeem(few.issue(other, NO_PAGE), NO_PAGE)).isEqualTo(new Granted(other));
        assertThat(code(few.redeem(few.issue(other, NO_PAGE), NO_PAGE))).isEqualTo(ErrorCode.RATE_LIMITED);
        assertThat(code(few.redeem(first, NO_PAGE))).isEqualTo(ErrorCode.AUTH_FAILED);

        clock.pass(Duration.ofSeconds(35));

        assertThat(few.redeem(few.issue(demo, NO_PAGE), NO_PAGE)).isEqualTo(new Granted(demo));
    }
}
