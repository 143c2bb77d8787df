package dev.rowcast.gateway.auth;

import dev.rowcast.gateway.auth.Outcome.Refused;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.shard.Placement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns what a client presents into an identity. Fails closed: what is not understood is refused.
///
/// Safe for use by several threads; never blocks.
public final class Authenticator {

    private static final Logger log = LoggerFactory.getLogger(Authenticator.class);

    private final Keys keys;
    private final Tokens tokens;
    private final Tickets tickets;
    private final Placement placement;

    /// @param placement says which names of tenants are taken by parts of others
    public Authenticator(Keys keys, Tokens tokens, Tickets tickets, Placement placement) {
        this.keys = keys;
        this.tokens = tokens;
        this.tickets = tickets;
        this.placement = placement;
    }

    /// Judges what a client shows: a key (`pk_…`, `sk_…`), a token, or a ticket, which is used up by that.
    ///
    /// @param scope what it is wanted for
    /// @return the outcome, nearly always at once; never fails. It may come on another thread
    public CompletionStage<Outcome> authenticate(Presented presented, Scope scope) {
        String text = presented.text();
        return switch (presented.where()) {
            case NOWHERE ->
                now(new Refused(
                        ErrorCode.AUTH_FAILED, "No key or token; send a header 'apikey' or 'Authorization: Bearer'."));
            case ADDRESS ->
                Keys.isSecret(text)
                        ? now(new Refused(ErrorCode.SECRET_KEY_IN_ADDRESS, ErrorCode.SECRET_KEY_IN_ADDRESS.remedy()))
                        : judge(text, scope);
            case APART -> judge(text, scope);
            case TICKET -> now(checked(tickets.redeem(text, presented.origin())));
        };
    }

    private CompletionStage<Outcome> judge(String text, Scope scope) {
        if (Keys.isKey(text)) {
            return now(checked(keys.find(text, scope)));
        }
        return tokens.verify(text)
                .thenApply(judged -> ofToken(checked(judged), scope))
                .exceptionally(failure -> {
                    log.atError().setCause(failure).log("Token could not be judged");
                    return new Refused(ErrorCode.INTERNAL, ErrorCode.INTERNAL.meaning());
                });
    }

    private static Outcome ofToken(Outcome outcome, Scope scope) {
        return outcome instanceof Outcome.Granted(Identity identity)
                ? switch (scope) {
                    case READ -> outcome;
                    case SUBSCRIBE -> new Outcome.Granted(identity.withoutClaims());
                    case PUBLISH ->
                        new Refused(
                                ErrorCode.SCOPE_MISSING,
                                "A token lacks the scope 'publish'; use a secret key that has it.");
                }
                : outcome;
    }

    private Outcome checked(Outcome outcome) {
        return outcome instanceof Outcome.Granted(Identity identity) && placement.isReserved(identity.tenant())
                ? new Refused(ErrorCode.AUTH_FAILED, "The tenant's name is that of a part of another tenant.")
                : outcome;
    }

    private static CompletionStage<Outcome> now(Outcome outcome) {
        return CompletableFuture.completedStage(outcome);
    }
}
