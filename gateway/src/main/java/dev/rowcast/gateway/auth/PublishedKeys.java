package dev.rowcast.gateway.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import dev.rowcast.gateway.auth.IssuerKeys.Found;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;

/// One set of keys as an issuer publishes it. A token's `kid` is compared with theirs and is nothing else: no path, no
/// address, no query. Shared secrets in the set are passed over.
///
/// @param keys those that can verify a signature
record PublishedKeys(List<JWK> keys) {

    /// More than any issuer has; what comes after them is not looked at.
    private static final int MOST_KEYS = 100;

    private static final int SHORTEST_RSA_BITS = 2048;

    static PublishedKeys parse(String json) throws ParseException {
        return new PublishedKeys(JWKSet.parse(json).getKeys().stream()
                .limit(MOST_KEYS)
                .filter(PublishedKeys::verifies)
                .map(JWK::toPublicJWK)
                .toList());
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /// Whether the key that the header names is among them.
    boolean has(JWSHeader header) {
        return named(header).isPresent();
    }

    /// The verifier for a token of this header.
    Found find(JWSHeader header) {
        JWSAlgorithm algorithm = header.getAlgorithm();
        return named(header)
                .filter(key -> key.getAlgorithm() == null || key.getAlgorithm().equals(algorithm))
                .flatMap(key -> verifier(key, algorithm))
                .<Found>map(Found.Key::new)
                .orElseGet(Found.Unknown::new);
    }

    /// A token without `kid` means the only key that there is.
    private Optional<JWK> named(JWSHeader header) {
        String id = header.getKeyID();
        if (id == null) {
            return keys.size() == 1 ? Optional.of(keys.getFirst()) : Optional.empty();
        }
        return keys.stream().filter(key -> id.equals(key.getKeyID())).findFirst();
    }

    private static Optional<JWSVerifier> verifier(JWK key, JWSAlgorithm algorithm) {
        try {
            JWSVerifier verifier = switch (key) {
                case RSAKey rsa -> new RSASSAVerifier(rsa);
                case ECKey ec -> new ECDSAVerifier(ec);
                case OctetKeyPair ed25519 -> new Ed25519(ed25519);
                default -> throw new IllegalStateException("kept a key of type " + key.getKeyType());
            };
            // A curve fixes its algorithm, so that a key of one never serves the other.
            return Optional.of(verifier)
                    .filter(made -> made.supportedJWSAlgorithms().contains(algorithm));
        } catch (JOSEException e) {
            return Optional.empty();
        }
    }

    private static boolean verifies(JWK key) {
        boolean kind = switch (key) {
            case RSAKey rsa -> rsa.size() >= SHORTEST_RSA_BITS;
            case ECKey ec -> List.of(Curve.P_256, Curve.P_384, Curve.P_521).contains(ec.getCurve());
            case OctetKeyPair pair -> pair.getCurve().equals(Curve.Ed25519);
            default -> false;
        };
        return kind
                && (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
                && (key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY));
    }
}
