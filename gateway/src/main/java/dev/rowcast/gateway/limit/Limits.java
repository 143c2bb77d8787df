package dev.rowcast.gateway.limit;

import dev.rowcast.schemas.protocol.ProtocolLimits;
import java.time.Duration;
import java.util.function.UnaryOperator;

/// How much one client, and all clients together, may take of a node.
///
/// @param protocol what one message may hold
/// @param connections how many may be connected
/// @param messages what one connection may send
/// @param http what requests may be
/// @param subscriptions channels and entities of one connection; over it `TOO_MANY_SUBSCRIPTIONS`
/// @param flow how much may wait for a slow client
/// @param waiting channels and entities of one connection whose `SUBSCRIBE` waits for its answer; over it
///     `RATE_LIMITED`
/// @param answer how long the topology may take to answer; over it `NOT_READY`
/// @param idle after which a silent WebSocket is closed
/// @param poll how long a long-poll waits for news
/// @param drain over how long the ends of all connections are spread when the node stops, if they are many
public record Limits(
        ProtocolLimits protocol,
        ConnectionLimits connections,
        MessageLimits messages,
        HttpLimits http,
        int subscriptions,
        Flow flow,
        int waiting,
        Duration answer,
        Duration idle,
        Duration poll,
        Duration drain) {

    public static final Limits DEFAULTS = new Limits(
            ProtocolLimits.DEFAULTS,
            ConnectionLimits.DEFAULTS,
            MessageLimits.DEFAULTS,
            HttpLimits.DEFAULTS,
            512,
            Flow.DEFAULTS,
            4_096,
            Duration.ofSeconds(10),
            Duration.ofSeconds(75),
            Duration.ofSeconds(25),
            Duration.ofSeconds(4));

    public Limits {
        Checks.atLeastOne("subscriptions", subscriptions);
        Checks.atLeastOne("waiting", waiting);
        Checks.positive("answer", answer);
        Checks.positive("idle", idle);
        Checks.positive("poll", poll);
        Checks.positive("drain", drain);
    }

    public Limits withConnections(UnaryOperator<ConnectionLimits> change) {
        return new Limits(
                protocol,
                change.apply(connections),
                messages,
                http,
                subscriptions,
                flow,
                waiting,
                answer,
                idle,
                poll,
                drain);
    }

    public Limits withMessages(UnaryOperator<MessageLimits> change) {
        return new Limits(
                protocol,
                connections,
                change.apply(messages),
                http,
                subscriptions,
                flow,
                waiting,
                answer,
                idle,
                poll,
                drain);
    }

    public Limits withHttp(UnaryOperator<HttpLimits> change) {
        return new Limits(
                protocol,
                connections,
                messages,
                change.apply(http),
                subscriptions,
                flow,
                waiting,
                answer,
                idle,
                poll,
                drain);
    }

    public Limits withSubscriptions(int value) {
        return new Limits(protocol, connections, messages, http, value, flow, waiting, answer, idle, poll, drain);
    }

    public Limits withFlow(Flow value) {
        return new Limits(
                protocol, connections, messages, http, subscriptions, value, waiting, answer, idle, poll, drain);
    }

    public Limits withAnswer(Duration value) {
        return new Limits(
                protocol, connections, messages, http, subscriptions, flow, waiting, value, idle, poll, drain);
    }

    public Limits withDrain(Duration value) {
        return new Limits(
                protocol, connections, messages, http, subscriptions, flow, waiting, answer, idle, poll, value);
    }

    public Limits withIdle(Duration value) {
        return new Limits(
                protocol, connections, messages, http, subscriptions, flow, waiting, answer, value, poll, drain);
    }

    public Limits withPoll(Duration value) {
        return new Limits(
                protocol, connections, messages, http, subscriptions, flow, waiting, answer, idle, value, drain);
    }
}
