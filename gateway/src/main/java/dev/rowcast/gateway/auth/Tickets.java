package dev.rowcast.gateway.auth;

import dev.rowcast.gateway.auth.Outcome.Granted;
import dev.rowcast.gateway.auth.Outcome.Refused;
import dev.rowcast.schemas.protocol.ErrorCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// One-time tickets, for clients that can put a credential into the address only: a ticket in a log is worth nothing.
/// Every gateway of the installation takes a ticket of any other, because all that it says is sealed inside; that it
/// was used is known on the node where it was used. `docs/decisions/015` says why that is enough.
///
/// Safe for use by several threads; never blocks.
public final class Tickets {

    /// How long a ticket is good.
    public static final Duration LIFE = Duration.ofSeconds(30);

    /// Clocks of two gateways may differ by this much.
    private static final Duration LEEWAY = Duration.ofSeconds(5);

    private static final int MOST = 100_000;
    private static final int MOST_OF_TENANT = 20_000;
    private static final int LONGEST = 12 << 10;

    private final TicketSeal seal;
    private final Keys keys;
    private final Clock clock;
    private final UsedTickets used;

    /// @param secret the same for every gateway of the installation
    public Tickets(String secret, Keys keys, Clock clock) {
        this(secret, keys, clock, new UsedTickets(MOST, MOST_OF_TENANT, LIFE.plus(LEEWAY)));
    }

    Tickets(String secret, Keys keys, Clock clock, UsedTickets used) {
        this.seal = new TicketSeal(secret);
        this.keys = keys;
        this.clock = clock;
        this.used = used;
    }

    /// A ticket for subscribing as this identity, which ends and is revoked with its credential.
    ///
    /// @param origin of the page that asks for it; the ticket is then good for pages of that origin only
    public String issue(Identity identity, Optional<String> origin) {
        return seal.close(new Ticket(UUID.randomUUID(), clock.instant().plus(LIFE), identity, origin).bytes());
    }

    /// Judges a ticket and uses it up.
    Outcome redeem(String text, Optional<String> origin) {
        if (text.length() > LONGEST) {
            return refused("The ticket is longer than any that was made here.");
        }
        Instant now = clock.instant();
        Optional<Ticket> found = seal.open(text).flatMap(Ticket::read);
        if (found.isEmpty()) {
            return refused("The ticket was not made by this installation.");
        }
        Ticket ticket = found.get();
        Identity identity = ticket.identity();
        if (ticket.end().isAfter(now.plus(LIFE).plus(LEEWAY))) {
            return refused("The ticket is from the future; set the gateways' clocks.");
        }
        if (!now.isBefore(ticket.end())) {
            return refused("The ticket is older than %d s; get another one.".formatted(LIFE.toSeconds()));
        }
        if (ticket.origin().isPresent()
                && origin.isPresent()
                && !ticket.origin().equals(origin)) {
            return refused("The ticket was made for a page of another origin.");
        }
        if (identity.expiresAt().isPresent()
                && !now.isBefore(identity.expiresAt().get())) {
            return new Refused(ErrorCode.TOKEN_EXPIRED, "The token that the ticket was made with has expired.");
        }
        if (identity.principal().kind() == Principal.Kind.KEY && !keys.isValid(identity, Scope.SUBSCRIBE)) {
            return new Refused(ErrorCode.CREDENTIAL_REVOKED, ErrorCode.CREDENTIAL_REVOKED.meaning());
        }
        return switch (used.use(ticket.id(), identity.tenant(), now)) {
            case FIRST -> new Granted(identity);
            case AGAIN -> refused("The ticket was used; get another one for each connection.");
            case TOO_MANY ->
                new Refused(ErrorCode.RATE_LIMITED, "So many tickets were used within 30 s that no other is taken.");
        };
    }

    private static Refused refused(String reason) {
        return new Refused(ErrorCode.AUTH_FAILED, reason);
    }
}
