package dev.rowcast.gateway.edge;

import dev.rowcast.schemas.protocol.ErrorCode;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpVersion;
import java.util.Map;
import org.springframework.http.MediaType;

/// The answer to a request that the HTTP codec could not read, so that no filter and no handler saw it: a problem with
/// the headers that every answer has, in place of the server's bare status.
final class Unreadable {

    private static final int FIRST_ERROR = 400;
    private static final int URL_TOO_LONG = 414;
    private static final int HEADERS_TOO_LONG = 431;

    private Unreadable() {}

    /// Whether this is the server's own word. What comes from a filter or handler has our headers.
    static boolean isAnsweredBy(Object message) {
        return message instanceof FullHttpResponse response
                && response.status().code() >= FIRST_ERROR
                && !response.headers().contains(SafetyHeaders.MARK);
    }

    /// The answer in place of the server's own.
    static FullHttpResponse problem(FullHttpResponse bare) {
        int status = bare.status().code();
        boolean tooLong = status == URL_TOO_LONG || status == HEADERS_TOO_LONG;
        ErrorCode code = tooLong ? ErrorCode.TOO_LONG : ErrorCode.INVALID_MESSAGE;
        String detail = switch (status) {
            case URL_TOO_LONG -> "The first line of the request is longer than is taken.";
            case HEADERS_TOO_LONG -> "The headers of the request are longer than is taken.";
            default -> "This is no request that HTTP/1.1 allows, or one that can be read in two ways.";
        };
        byte[] body = Problems.body(status, code, detail, Map.of());
        FullHttpResponse answer =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, bare.status(), Unpooled.wrappedBuffer(body));
        SafetyHeaders.OF_DATA.forEach(answer.headers()::set);
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, MediaType.APPLICATION_PROBLEM_JSON_VALUE)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return answer;
    }
}
