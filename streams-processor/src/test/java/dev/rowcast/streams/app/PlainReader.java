package dev.rowcast.streams.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import tools.jackson.databind.json.JsonMapper;

/// What is new in a topic, as somebody reads it who has Avro and the registry and nothing of ours.
final class PlainReader implements AutoCloseable {

    private final HttpClient http = HttpClient.newHttpClient();
    private final Queue<ConsumerRecord<byte[], GenericRecord>> waiting = new ArrayDeque<>();
    private final String registryUrl;
    private final KafkaConsumer<byte[], GenericRecord> consumer;

    PlainReader(String bootstrapServers, String registryUrl, String topic) {
        this.registryUrl = registryUrl;
        Deserializer<GenericRecord> values = (name, bytes) -> decode(bytes);
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                values);
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
    }

    ConsumerRecord<byte[], GenericRecord> next(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (waiting.isEmpty() && System.nanoTime() < end) {
            consumer.poll(Duration.ofMillis(100)).forEach(waiting::add);
        }
        return waiting.remove();
    }

    @Override
    public void close() {
        consumer.close();
        http.close();
    }

    /// A zero byte, the schema's id, the record.
    private GenericRecord decode(byte[] bytes) {
        ByteBuffer head = ByteBuffer.wrap(bytes);
        if (head.get() != 0) {
            throw new IllegalArgumentException("not in the wire format");
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(registryUrl + "/schemas/ids/" + head.getInt()))
                .build();
        try {
            String answer = http.send(request, BodyHandlers.ofString()).body();
            String schema = JsonMapper.shared().readTree(answer).path("schema").asString();
            return new GenericDatumReader<GenericRecord>(new Schema.Parser().parse(schema))
                    .read(null, DecoderFactory.get().binaryDecoder(bytes, head.position(), head.remaining(), null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
