package dev.rowcast.gateway.auth;

import dev.rowcast.gateway.auth.Outcome.Granted;
import dev.rowcast.gateway.auth.Outcome.Refused;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The API keys that are valid now, by their hashes. As many as the database's table has rows.
///
/// Safe for use by several threads.
public final class Keys {

    private static final String SECRET = "sk_";

    /// One key as the database has it.
    ///
    /// @param hash SHA-256 of the key in lower-case hex
    /// @param scopes what it may do
    record Key(String id, String tenant, String hash, Set<String> scopes) {}

    private final Map<String, Key> byHash = new ConcurrentHashMap<>();
    private final Map<String, Key> byId = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Consumer<Identity>> listeners = new CopyOnWriteArrayList<>();

    /// Is told of every key that ceases to be valid.
    public void onRevoked(Consumer<Identity> listener) {
        listeners.add(listener);
    }

    Outcome find(String credential, Scope scope) {
        String hash = sha256(credential);
        Key key = byHash.get(hash);
        if (key == null || !MessageDigest.isEqual(bytes(key.hash()), bytes(hash))) {
            return new Refused(ErrorCode.AUTH_FAILED, "The key is unknown or revoked.");
        }
        if (scope == Scope.PUBLISH && !credential.startsWith(SECRET)) {
            // Whatever its row says: it is in pages that anybody can read.
            return new Refused(ErrorCode.SCOPE_MISSING, "Publishing needs a secret key, 'sk_…'.");
        }
        return scope.isGiven(key.scopes())
                ? new Granted(identity(key))
                : new Refused(ErrorCode.SCOPE_MISSING, "The key lacks the scope '%s'.".formatted(scope.wire()));
    }

    /// Takes a key in, in place of what was known under its id.
    void put(Key key) {
        Key before = byId.put(key.id(), key);
        byHash.put(key.hash(), key);
        if (before != null && !before.equals(key)) {
            forget(before, key);
        }
    }

    /// Forgets the key of this id and tells the listeners.
    void remove(String id) {
        Key before = byId.remove(id);
        if (before != null) {
            forget(before, null);
        }
    }

    /// The ids of all keys that are valid now.
    Set<String> ids() {
        return Set.copyOf(byId.keySet());
    }

    private void forget(Key before, @Nullable Key now) {
        if (now == null || !now.hash().equals(before.hash())) {
            byHash.remove(before.hash(), before);
        }
        Identity identity = identity(before);
        listeners.forEach(listener -> listener.accept(identity));
    }

    private static Identity identity(Key key) {
        return new Identity(new TenantId(key.tenant()), new Principal(Principal.Kind.KEY, key.id()), Optional.empty());
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
