package dev.rowcast.gateway.auth;

import dev.rowcast.gateway.auth.Outcome.Granted;
import dev.rowcast.gateway.auth.Outcome.Refused;
import dev.rowcast.schemas.hash.Sha256;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The API keys that are valid now, by their hashes. As many as the database's table has rows.
///
/// A key is looked up by the hash of the whole of it, which nobody can steer, and compared in constant time; so how
/// long it takes tells nothing about how much of a guess is right.
///
/// Safe for use by several threads.
public final class Keys {

    private static final String PUBLISHABLE_PREFIX = "pk_";
    private static final String SECRET_PREFIX = "sk_";

    /// One key as the database has it.
    ///
    /// @param kind publishable or secret, as the table has it
    /// @param hash SHA-256 of the key in lower-case hex
    /// @param scopes what it may do
    record Key(String id, String tenant, String kind, String hash, Set<String> scopes) {

        boolean isSecret() {
            return kind.equals("secret");
        }

        boolean may(Scope scope) {
            return scope.isGiven(scopes) && (scope != Scope.PUBLISH || isSecret());
        }

        Identity identity() {
            return new Identity(new TenantId(tenant), new Principal(Principal.Kind.KEY, id), Optional.empty());
        }
    }

    /// How a key was used on this node.
    ///
    /// @param lastUsed empty when it was not since the node's start
    public record Usage(String id, String tenant, String kind, List<String> scopes, Optional<Instant> lastUsed) {}

    private final Clock clock;
    private final Map<String, Key> byHash = new ConcurrentHashMap<>();
    private final Map<String, Key> byId = new ConcurrentHashMap<>();
    /// By id, of valid keys only.
    private final Map<String, Instant> lastUsed = new ConcurrentHashMap<>();

    private final CopyOnWriteArrayList<Consumer<Identity>> listeners = new CopyOnWriteArrayList<>();

    public Keys(Clock clock) {
        this.clock = clock;
    }

    /// Is told of every key that ceases to be valid.
    public void onRevoked(Consumer<Identity> listener) {
        listeners.add(listener);
    }

    /// The keys that are valid now, and when each was last used on this node. Kept in memory alone: a write to the
    /// database for every request would cost more than it tells.
    public List<Usage> usage() {
        return byId.values().stream()
                .map(key -> new Usage(
                        key.id(),
                        key.tenant(),
                        key.kind(),
                        List.copyOf(new TreeSet<>(key.scopes())),
                        Optional.ofNullable(lastUsed.get(key.id()))))
                .sorted(Comparator.comparing(Usage::tenant).thenComparing(Usage::id))
                .toList();
    }

    static boolean isKey(String credential) {
        return credential.startsWith(PUBLISHABLE_PREFIX) || isSecret(credential);
    }

    static boolean isSecret(String credential) {
        return credential.startsWith(SECRET_PREFIX);
    }

    Outcome find(String credential, Scope scope) {
        String hash = hash(credential);
        Key key = byHash.get(hash);
        // A secret key that looks like a publishable one would be taken in an address.
        if (key == null
                || !MessageDigest.isEqual(bytes(key.hash()), bytes(hash))
                || key.isSecret() != isSecret(credential)) {
            return new Refused(ErrorCode.AUTH_FAILED, "The key is unknown or revoked.");
        }
        lastUsed.put(key.id(), clock.instant());
        if (scope == Scope.PUBLISH && !key.isSecret()) {
            // Whatever its row says: it is in pages that anybody can read.
            return new Refused(ErrorCode.SCOPE_MISSING, "Publishing needs a secret key, 'sk_…'.");
        }
        return key.may(scope)
                ? new Granted(key.identity())
                : new Refused(ErrorCode.SCOPE_MISSING, "The key lacks the scope '%s'.".formatted(scope.wire()));
    }

    /// Whether the key that the identity is of may do this now.
    boolean isValid(Identity identity, Scope scope) {
        Key key = byId.get(identity.principal().id());
        return key != null && key.tenant().equals(identity.tenant().value()) && key.may(scope);
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
            lastUsed.remove(before.id());
        }
        Identity identity = before.identity();
        listeners.forEach(listener -> listener.accept(identity));
    }

    /// What is kept of a key, in the column `hash` of its row: SHA-256 in lower-case hex.
    public static String hash(String key) {
        return Sha256.hex(key);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
