package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.streams.explain.AskException.Code;

/// A principal as operators write it: `user:alice`, `key:pk_demo`, `anonymous`.
///
/// @param id empty for anonymous ones
public record Who(PrincipalKind kind, String id) {

    private static final int LONGEST = 512;

    /// @throws AskException when it is none
    public static Who parse(String text) {
        String id = text.substring(text.indexOf(':') + 1);
        if (text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw new AskException(
                    Code.INVALID_PRINCIPAL, "the principal is longer than 512 characters or has control characters");
        }
        if (text.equals("anonymous")) {
            return new Who(PrincipalKind.ANONYMOUS, "");
        }
        if (text.startsWith("user:") && !id.isEmpty()) {
            return new Who(PrincipalKind.USER, id);
        }
        if (text.startsWith("key:sk_")) {
            // It may be a whole secret key, which is not to be repeated.
            throw new AskException(
                    Code.INVALID_PRINCIPAL,
                    "a key is named by its id in rowcast.api_keys, never by the secret key itself");
        }
        if (text.startsWith("key:") && !id.isEmpty()) {
            return new Who(PrincipalKind.KEY, id);
        }
        throw new AskException(
                Code.INVALID_PRINCIPAL,
                "'%s' is no principal; write user:alice, key:pk_demo or anonymous"
                        .formatted(text.startsWith("sk_") ? "sk_…" : text));
    }

    /// Without its kind, for sentences.
    String name() {
        return kind == PrincipalKind.ANONYMOUS ? "an anonymous principal" : id;
    }

    @Override
    public String toString() {
        return kind == PrincipalKind.ANONYMOUS
                ? "anonymous"
                : kind.name().toLowerCase(java.util.Locale.ROOT) + ":" + id;
    }
}
