package dev.rowcast.gateway.limit;

/// What one connection may send. Over a rate the message is not handled and answered with `RATE_LIMITED`.
///
/// @param messages of all types
/// @param subscribes `SUBSCRIBE` among them, which cost the most
/// @param broadcasts `BROADCAST` among them
/// @param refused messages over a rate that are borne; over it close 4002
/// @param errors in a row after which a connection is closed as none of the protocol
public record MessageLimits(Rate messages, Rate subscribes, Rate broadcasts, Rate refused, int errors) {

    public static final MessageLimits DEFAULTS =
            new MessageLimits(new Rate(100, 1_000), new Rate(50, 500), new Rate(20, 20), new Rate(1, 100), 20);

    public MessageLimits {
        Checks.atLeastOne("errors", errors);
    }

    public MessageLimits withMessages(Rate value) {
        return new MessageLimits(value, subscribes, broadcasts, refused, errors);
    }

    public MessageLimits withSubscribes(Rate value) {
        return new MessageLimits(messages, value, broadcasts, refused, errors);
    }

    public MessageLimits withBroadcasts(Rate value) {
        return new MessageLimits(messages, subscribes, value, refused, errors);
    }
}
