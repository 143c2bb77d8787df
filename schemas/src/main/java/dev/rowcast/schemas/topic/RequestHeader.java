package dev.rowcast.schemas.topic;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/// The Kafka header that names the request at a gateway, or the connection, that a record follows from. It is for logs
/// alone: what goes wrong with the record is told with it.
public final class RequestHeader {

    /// Its name.
    public static final String NAME = "rowcast-request";

    /// What logs call it.
    public static final String LOGGED = "requestId";

    private static final int LONGEST = 64;
    /// Nothing that could begin a line of its own in a log, and no `_`, which every key of ours has.
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9.-]{1," + LONGEST + "}");

    private RequestHeader() {}

    /// Whether a text may be such an id: 1 to 64 letters, digits, dots and hyphens.
    public static boolean isId(String text) {
        return FORM.matcher(text).matches();
    }

    /// @param id as [#isId] wants it
    public static Header of(String id) {
        return new RecordHeader(NAME, id.getBytes(StandardCharsets.US_ASCII));
    }

    /// The id that a record has; empty where it has none that is one.
    public static Optional<String> in(Headers headers) {
        return Optional.ofNullable(headers.lastHeader(NAME))
                .map(Header::value)
                .filter(value -> value != null && value.length <= LONGEST)
                .map(value -> new String(value, StandardCharsets.US_ASCII))
                .filter(RequestHeader::isId);
    }
}
