package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.standalone.RunningStack.Running;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Somebody else's Avro deserializer, KafkaJS's for Confluent's registry, against the embedded registry.
@ExtendWith(RunningStack.class)
class StockDeserializerTest {

    private static final Path NODE = TestFolders.home().resolve("standalone/src/test/node");

    private final Running running;

    StockDeserializerTest(Running running) {
        this.running = running;
    }

    @Test
    @DisplayName("a stock deserializer reads raw rows, keys and values, from the embedded registry")
    void aStockDeserializerReadsRawRows() throws Exception {
        var topic = Topics.rows("app", "public.sources");

        List<JsonNode> decoded = decode(first(topic.name(), 3));

        assertThat(decoded).hasSize(6);
        assertThat(decoded.get(0).path("id").asLong()).isPositive();
        assertThat(decoded.get(1).path("after").path("title").asString()).isNotEmpty();
        assertThat(decoded.get(1).path("source").path("table").asString()).isEqualTo("sources");
    }

    @Test
    @DisplayName("and our own topics")
    void aStockDeserializerReadsOurOwnTopics() throws Exception {
        List<JsonNode> decoded = decode(first(Topics.CAPTURE_PROGRESS.name(), 1).subList(1, 2));

        assertThat(decoded.getFirst().path("source").asString()).isEqualTo("app");
    }

    /// Keys and values of the first records, in turn, as base64.
    private List<String> first(String topic, int count) {
        List<String> found = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, running.at().kafka()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (found.size() < 2 * count) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> {
                    if (record.value() == null) {
                        return; // the tombstone that follows a delete
                    }
                    found.add(Base64.getEncoder().encodeToString(record.key()));
                    found.add(Base64.getEncoder().encodeToString(record.value()));
                });
            }
        }
        return found.subList(0, 2 * count);
    }

    private List<JsonNode> decode(List<String> records) throws Exception {
        assertThat(Files.isDirectory(NODE.resolve("node_modules")))
                .as("the deserializer is installed; ./rowcast test does it, or: npm ci in %s", NODE)
                .isTrue();
        Process node = new ProcessBuilder("node", "decode.mjs", running.at().registry())
                .directory(NODE.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (PrintStream in = new PrintStream(node.getOutputStream(), true, StandardCharsets.US_ASCII)) {
            records.forEach(in::println);
        }
        List<JsonNode> decoded = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(JsonMapper.shared()::readTree)
                .toList();
        assertThat(node.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isZero();
        return decoded;
    }
}
