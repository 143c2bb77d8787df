package dev.rowcast.streams.deadletter;

import dev.rowcast.schemas.topic.RequestHeader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/// Headers of `rowcast.dead-letters`, named as Kafka Streams names its own, so that the same tools read them.
public final class DeadLetters {

    public static final String MESSAGE = "__streams.errors.message";
    public static final String TOPIC = "__streams.errors.topic";
    public static final String PARTITION = "__streams.errors.partition";
    public static final String OFFSET = "__streams.errors.offset";

    private static final int LONGEST_MESSAGE = 1_000;

    private DeadLetters() {}

    /// Why and where: what an operator needs beside the original bytes.
    ///
    /// @param request that the record follows from, where that is known
    public static Headers headers(String reason, String topic, int partition, long offset, Optional<String> request) {
        Headers headers = new RecordHeaders();
        headers.add(MESSAGE, text(reason.substring(0, Math.min(reason.length(), LONGEST_MESSAGE))));
        headers.add(TOPIC, text(topic));
        headers.add(PARTITION, text(Integer.toString(partition)));
        headers.add(OFFSET, text(Long.toString(offset)));
        request.map(RequestHeader::of).ifPresent(headers::add);
        return headers;
    }

    private static byte[] text(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
