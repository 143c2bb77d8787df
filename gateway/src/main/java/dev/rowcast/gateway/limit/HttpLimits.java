package dev.rowcast.gateway.limit;

import java.time.Duration;

/// What HTTP requests may be and how many there may be. Quotas fail open.
///
/// @param global every request but handshakes and health, of one address
/// @param read rows, of one principal
/// @param publish of one principal
/// @param tickets of one principal
/// @param attempts credentials that were refused, of one address; over it others are not looked at
/// @param line of the request in bytes, so the longest URL; over it 414
/// @param head all headers in bytes; over it 431
/// @param body in bytes, where an endpoint does not say otherwise; over it 413
/// @param headTime from the first byte of a request to the end of its headers; over it the connection is closed
/// @param bodyTime from there to the end of its body; over it the connection is closed
/// @param answerTime in which a client that takes nothing of an answer is given up, at the latest
/// @param idle until a connection without a request is closed
/// @param keepAlive requests of one connection, after which it is closed
/// @param pipelined requests of one connection that were sent before the answer to the first; over it the connection is
///     closed
public record HttpLimits(
        Quota global,
        Quota read,
        Quota publish,
        Quota tickets,
        Quota attempts,
        int line,
        int head,
        int body,
        Duration headTime,
        Duration bodyTime,
        Duration answerTime,
        Duration idle,
        int keepAlive,
        int pipelined) {

    public static final HttpLimits DEFAULTS = new HttpLimits(
            Quota.perMinute(1_000),
            Quota.perMinute(600),
            Quota.perMinute(60_000),
            Quota.perMinute(120),
            Quota.perMinute(120),
            8 << 10,
            16 << 10,
            64 << 10,
            Duration.ofSeconds(8),
            Duration.ofSeconds(40),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            1_000,
            16);

    public HttpLimits {
        Checks.atLeastOne("http.line", line);
        Checks.atLeastOne("http.head", head);
        Checks.atLeastOne("http.body", body);
        Checks.positive("http.headTime", headTime);
        Checks.positive("http.bodyTime", bodyTime);
        Checks.positive("http.answerTime", answerTime);
        Checks.positive("http.idle", idle);
        Checks.atLeastOne("http.keepAlive", keepAlive);
        Checks.atLeastOne("http.pipelined", pipelined);
    }

    public HttpLimits withGlobal(Quota value) {
        return new HttpLimits(
                value,
                read,
                publish,
                tickets,
                attempts,
                line,
                head,
                body,
                headTime,
                bodyTime,
                answerTime,
                idle,
                keepAlive,
                pipelined);
    }

    public HttpLimits withRead(Quota value) {
        return new HttpLimits(
                global,
                value,
                publish,
                tickets,
                attempts,
                line,
                head,
                body,
                headTime,
                bodyTime,
                answerTime,
                idle,
                keepAlive,
                pipelined);
    }

    public HttpLimits withAttempts(Quota value) {
        return new HttpLimits(
                global,
                read,
                publish,
                tickets,
                value,
                line,
                head,
                body,
                headTime,
                bodyTime,
                answerTime,
                idle,
                keepAlive,
                pipelined);
    }

    public HttpLimits withHeadTime(Duration value) {
        return new HttpLimits(
                global,
                read,
                publish,
                tickets,
                attempts,
                line,
                head,
                body,
                value,
                bodyTime,
                answerTime,
                idle,
                keepAlive,
                pipelined);
    }

    public HttpLimits withBodyTime(Duration value) {
        return new HttpLimits(
                global,
                read,
                publish,
                tickets,
                attempts,
                line,
                head,
                body,
                headTime,
                value,
                answerTime,
                idle,
                keepAlive,
                pipelined);
    }

    public HttpLimits withAnswerTime(Duration value) {
        return new HttpLimits(
                global, read, publish, tickets, attempts, line, head, body, headTime, bodyTime, value, idle, keepAlive,
                pipelined);
    }

    public HttpLimits withPublish(Quota value) {
        return new HttpLimits(
                global,
                read,
                value,
                tickets,
                attempts,
                line,
                head,
                body,
                headTime,
                bodyTime,
                answerTime,
                idle,
                keepAlive,
                pipelined);
    }

    public HttpLimits withTickets(Quota value) {
        return new HttpLimits(
                global,
                read,
                publish,
                value,
                attempts,
                line,
                head,
                body,
                headTime,
                bodyTime,
                answerTime,
                idle,
                keepAlive,
                pipelined);
    }
}
