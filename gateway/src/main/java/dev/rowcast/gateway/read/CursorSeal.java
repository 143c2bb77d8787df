package dev.rowcast.gateway.read;

import dev.rowcast.schemas.tenant.TenantId;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The cursors of lists as opaque text. A cursor opens nothing: what may be read is decided anew for each
/// request. It is signed for its tenant and list, so that what it holds can be compared with columns as it
/// stands.
final class CursorSeal {

    /// What the longest address has room for, beside its other parameters.
    private static final int LONGEST_TEXT = 2_048;

    private static final int SIGNATURE_BYTES = 16;
    private static final String ALGORITHM = "HmacSHA256";
    private static final String PURPOSE = "rowcast-list-cursor";
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final SecretKeySpec secret;

    /// @param secret the same for every gateway
    CursorSeal(String secret) {
        this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    /// @param list what the list is of and how it is sorted
    /// @return empty where a value is too long to be sent back in an address
    Optional<String> seal(TenantId tenant, String list, Place place) {
        List<String> texts = new ArrayList<>(place.key());
        place.value().ifPresent(texts::add);
        byte[] body = JsonMapper.shared().writeValueAsBytes(texts);
        byte[] sealed = Arrays.copyOf(body, body.length + SIGNATURE_BYTES);
        System.arraycopy(sign(tenant, list, body), 0, sealed, body.length, SIGNATURE_BYTES);
        return Optional.of(ENCODER.encodeToString(sealed)).filter(text -> text.length() <= LONGEST_TEXT);
    }

    /// @param keySize how many columns the key has
    /// @return empty where it is no cursor of this list
    Optional<Place> open(TenantId tenant, String list, int keySize, String text) {
        if (text.length() > LONGEST_TEXT) {
            return Optional.empty();
        }
        try {
            byte[] sealed = Base64.getUrlDecoder().decode(text);
            if (sealed.length < SIGNATURE_BYTES
                    || !ENCODER.encodeToString(sealed).equals(text)) {
                return Optional.empty();
            }
            byte[] body = Arrays.copyOf(sealed, sealed.length - SIGNATURE_BYTES);
            byte[] signature = Arrays.copyOfRange(sealed, body.length, sealed.length);
            if (!MessageDigest.isEqual(signature, Arrays.copyOf(sign(tenant, list, body), SIGNATURE_BYTES))) {
                return Optional.empty();
            }
            List<String> texts = JsonMapper.shared()
                    .readTree(body)
                    .valueStream()
                    .map(JsonNode::asString)
                    .toList();
            return texts.size() < keySize
                    ? Optional.empty()
                    : Optional.of(new Place(texts.stream().skip(keySize).findFirst(), texts.subList(0, keySize)));
        } catch (IllegalArgumentException | JacksonException e) {
            return Optional.empty();
        }
    }

    private byte[] sign(TenantId tenant, String list, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            for (String text : List.of(PURPOSE, tenant.value(), list)) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                mac.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
                mac.update(bytes);
            }
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
