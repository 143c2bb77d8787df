package dev.rowcast.gateway.auth;

import java.util.Optional;

/// What a client shows, and where. Its text shows nothing of it.
///
/// @param text the credential
/// @param origin of the web page that shows it, where there is one
public record Presented(Where where, String text, Optional<String> origin) {

    /// Where a credential was found.
    public enum Where {
        /// There was none.
        NOWHERE,
        /// A key or token that nobody else gets to see: in a header, a cookie, a message.
        APART,
        /// A key or token in the address, which logs and histories keep.
        ADDRESS,
        /// A ticket, in the address.
        TICKET
    }

    /// Nothing.
    public static final Presented NONE = new Presented(Where.NOWHERE, "", Optional.empty());

    /// A key or token that nobody else gets to see.
    public static Presented apart(String text) {
        return text.isBlank() ? NONE : new Presented(Where.APART, text.strip(), Optional.empty());
    }

    /// A key or token in the address.
    public static Presented inAddress(String text) {
        return new Presented(Where.ADDRESS, text.strip(), Optional.empty());
    }

    /// A ticket.
    public static Presented ticket(String text, Optional<String> origin) {
        return new Presented(Where.TICKET, text, origin);
    }

    /// Whether it looks like a secret key, so is refused in an address.
    public boolean isSecretKey() {
        return Keys.isSecret(text);
    }

    @Override
    public String toString() {
        return "Presented[" + where + "]";
    }
}
