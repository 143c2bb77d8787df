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
    private final Placement placement;

    /// @param placement says which names of tenants are taken by parts of others
    public Authenticator(Keys keys, Tokens tokens, Placement placement) {
        this.placement = placement;
        this.keys = keys;
        this.tokens = tokens;
    }

    /// Judges a key (`pk_…`, `sk_…`) or a token, told apart by the prefix.
    ///
    /// @param credential as the client sent it, empty when it sent none
    /// @param scope what it is wanted for
    /// @return the outcome, nearly always at once; never fails. It may come on another thread
    public CompletionStage<Outcome> authenticate(String credential, Scope scope) {
        if (credential.isEmpty()) {
            return CompletableFuture.completedStage(new Refused(
                    ErrorCode.AUTH_FAILED, "No key or token; send a header 'apikey' or 'Authorization: Bearer'."));
        }
        boolean key = credential.startsWith("pk_") || credential.startsWith("sk_");
        CompletionStage<Outcome> outcome =
                key ? CompletableFuture.completedStage(keys.find(credential, scope)) : tokens.verify(credential);
        return outcome.thenApply(judged -> checked(judged, key, scope)).exceptionally(failure -> {
            log.atError().setCause(failure).log("Credential could not be judged");
            return new Refused(ErrorCode.INTERNAL, ErrorCode.INTERNAL.meaning());
        });
    }

    private Outcome checked(Outcome outcome, boolean key, Scope scope) {
        if (!(outcome instanceof Outcome.Granted(Identity identity))) {
            return outcome;
        }
        if (placement.isReserved(identity.tenant())) {
            return new Refused(ErrorCode.AUTH_FAILED, "The tenant's name is that of a part of another tenant.");
        }
        return key || scope != Scope.PUBLISH
                ? outcome
                : new Refused(
                        ErrorCode.SCOPE_MISSING, "A token lacks the scope 'publish'; use a secret key that has it.");
    }
}
