package dev.rowcast.gateway.limit;

import dev.rowcast.schemas.protocol.ProtocolLimits;
import java.time.Duration;

/// How much one client, and all clients together, may take of a node.
///
/// @param protocol what one message may hold
/// @param subscriptions channels and entities of one connection; over it `TOO_MANY_SUBSCRIPTIONS`
/// @param connections of this node; over it `OVERLOADED`
/// @param flow how much may wait for a slow client
/// @param requests of one connection that wait for an answer; over it `RATE_LIMITED`
/// @param errors in a row after which a connection is closed as none of the protocol
/// @param answer how long the topology may take to answer; over it `NOT_READY`
/// @param idle after which a silent WebSocket is closed
/// @param poll how long a long-poll waits for news
/// @param drain over how long the ends of all connections are spread when the node stops, if they are many
public record Limits(
        ProtocolLimits protocol,
        int subscriptions,
        int connections,
        Flow flow,
        int requests,
        int errors,
        Duration answer,
        Duration idle,
        Duration poll,
        Duration drain) {

    public static final Limits DEFAULTS = new Limits(
            ProtocolLimits.DEFAULTS,
            512,
            20_000,
            Flow.DEFAULTS,
            64,
            20,
            Duration.ofSeconds(10),
            Duration.ofSeconds(75),
            Duration.ofSeconds(25),
            Duration.ofSeconds(4));

    public Limits {
        atLeastOne("subscriptions", subscriptions);
        atLeastOne("connections", connections);
        atLeastOne("requests", requests);
        atLeastOne("errors", errors);
        positive("answer", answer);
        positive("idle", idle);
        positive("poll", poll);
        positive("drain", drain);
    }

    public Limits withConnections(int value) {
        return new Limits(protocol, subscriptions, value, flow, requests, errors, answer, idle, poll, drain);
    }

    public Limits withFlow(Flow value) {
        return new Limits(protocol, subscriptions, connections, value, requests, errors, answer, idle, poll, drain);
    }

    public Limits withSubscriptions(int value) {
        return new Limits(protocol, value, connections, flow, requests, errors, answer, idle, poll, drain);
    }

    public Limits withIdle(Duration value) {
        return new Limits(protocol, subscriptions, connections, flow, requests, errors, answer, value, poll, drain);
    }

    public Limits withPoll(Duration value) {
        return new Limits(protocol, subscriptions, connections, flow, requests, errors, answer, idle, value, drain);
    }

    public Limits withAnswer(Duration value) {
        return new Limits(protocol, subscriptions, connections, flow, requests, errors, value, idle, poll, drain);
    }

    public Limits withDrain(Duration value) {
        return new Limits(protocol, subscriptions, connections, flow, requests, errors, answer, idle, poll, value);
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException("limit %s must be at least 1, is %d".formatted(name, value));
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("limit %s must be positive, is %s".formatted(name, value));
        }
    }
}
