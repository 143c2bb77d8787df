package dev.rowcast.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// How a key that is shown is compared with those that are kept.
class KeysTest {

    private static final String SHOWN = "pk_0123456789abcdef_ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

    private final Keys keys = new Keys(Clock.systemUTC());

    private static Keys.Key kept(String kind, String hash) {
        return new Keys.Key("key-1", "demo", kind, hash, Set.of("subscribe"));
    }

    private boolean letsIn(String credential) {
        return keys.find(credential, Scope.SUBSCRIBE) instanceof Outcome.Granted;
    }

    @Test
    @DisplayName("T7: the whole key lets in, and nothing that is nearly it")
    void theWholeKeyLetsIn() {
        keys.put(kept("publishable", Keys.hash(SHOWN)));

        assertThat(letsIn(SHOWN)).isTrue();
        for (int at = 0; at < SHOWN.length(); at++) {
            char other = SHOWN.charAt(at) == 'x' ? 'y' : 'x';
            assertThat(letsIn(SHOWN.substring(0, at) + other + SHOWN.substring(at + 1)))
                    .isFalse();
            assertThat(letsIn(SHOWN.substring(0, at))).isFalse();
        }
        for (String near : List.of(
                SHOWN + "x", SHOWN + "\0", " " + SHOWN, SHOWN + "\n", SHOWN.toUpperCase(java.util.Locale.ROOT), "")) {
            assertThat(letsIn(near)).as(near).isFalse();
        }
    }

    @Test
    @DisplayName("T7: what the database keeps is no key, in whatever spelling")
    void whatTheDatabaseKeepsIsNoKey() {
        String hash = Keys.hash(SHOWN);
        keys.put(kept("publishable", hash));

        for (String shown : List.of(hash, "pk_" + hash, hash.toUpperCase(java.util.Locale.ROOT), "key-1", "pk_key-1")) {
            assertThat(letsIn(shown)).as(shown).isFalse();
        }
    }

    @Test
    @DisplayName("T7: a hash that is not the hash of what is shown lets nobody in, wherever it stands")
    void aWrongHashLetsNobodyIn() {
        String hash = Keys.hash(SHOWN);
        for (String wrong : List.of("", hash.substring(1), hash + "0", hash.toUpperCase(java.util.Locale.ROOT))) {
            keys.put(kept("publishable", wrong));
            assertThat(letsIn(SHOWN)).as(wrong).isFalse();
        }
    }

    @Test
    @DisplayName("T7: a key that looks public and is kept as secret, or the other way round, lets nobody in")
    void theKindMustBeTheOneThatItLooksLike() {
        keys.put(kept("secret", Keys.hash(SHOWN)));
        assertThat(letsIn(SHOWN)).isFalse();
        String secret = SHOWN.replace("pk_", "sk_");
        keys.put(kept("publishable", Keys.hash(secret)));
        assertThat(letsIn(secret)).isFalse();
    }
}
