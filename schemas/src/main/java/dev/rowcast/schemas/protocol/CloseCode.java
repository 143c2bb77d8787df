package dev.rowcast.schemas.protocol;

import java.util.Locale;
import java.util.Optional;

/// Why a gateway closed a connection: the WebSocket close code, which is also the tag of metrics and logs.
///
/// The range tells a client that knows no single code what to do: 4000 to 4499 reconnect, 4500 to 4999 do not.
public enum CloseCode {
    DRAINING(4000, "The gateway is being stopped or updated."),
    TOKEN_EXPIRED(4001, "The token expired; come back with a new one."),
    RATE_LIMITED(4002, "The client sent more than its limit allows."),
    OVERLOADED(4003, "The gateway has no room for this connection at present."),
    SLOW_CONSUMER(4008, "The client read too slowly and its buffer is full."),
    IDLE_TIMEOUT(4009, "Nothing came from the client for too long, not even a PING."),
    INTERNAL(4011, "The gateway failed."),
    PROTOCOL_ERROR(4500, "The client keeps sending what is not the protocol."),
    AUTH_FAILED(4501, "The credential is missing, wrong, or of another subject than before."),
    CREDENTIAL_REVOKED(4502, "The key or token was revoked.");

    private static final int FIRST_TERMINAL = 4500;

    private final int code;
    private final String meaning;

    CloseCode(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /// The number in the close frame.
    public int code() {
        return code;
    }

    /// One sentence for people; the reason in the close frame.
    public String meaning() {
        return meaning;
    }

    /// Whether the client should come back.
    public boolean reconnect() {
        return code < FIRST_TERMINAL;
    }

    /// The tag of metrics and logs: `slow_consumer`.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The close code of this number, empty when it is none of ours.
    public static Optional<CloseCode> of(int code) {
        for (CloseCode each : values()) {
            if (each.code == code) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
