package dev.rowcast.gateway.auth;

/// Who is connected, inside a tenant. A user and a key of the same id are two.
///
/// @param id a user's `sub`, or a key's id
public record Principal(Kind kind, String id) {

    /// All tokens without a subject.
    public static final Principal ANONYMOUS = new Principal(Kind.ANONYMOUS, "anonymous");

    /// What a principal is.
    public enum Kind {
        USER,
        KEY,
        ANONYMOUS
    }
}
