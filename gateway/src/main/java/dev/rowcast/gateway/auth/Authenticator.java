package dev.rowcast.gateway.auth;

import dev.rowcast.gateway.auth.Outcome.Refused;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.shard.Placement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// Turns what a client presents into an identity. Fails closed: what is not understood is refused.
///
/// Safe for use by several threads; never blocks.
public final class Authenticator {

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
        return CompletableFuture.completedStage(
                checked(key ? keys.find(credential, scope) : tokens.verify(credential, scope)));
    }

    private Outcome checked(Outcome outcome) {
        return outcome instanceof Outcome.Granted(Identity identity) && placement.isReserved(identity.tenant())
                ? new Refused(ErrorCode.AUTH_FAILED, "The tenant's name is that of a part of another tenant.")
                : outcome;
    }
}
