package dev.rowcast.standalone.cli;

import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.standalone.stack.Addresses;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Reads a topic as a direct consumer does and prints one JSON object a record.
@Command(
        name = "tail",
        mixinStandardHelpOptions = true,
        description = "Prints a topic's records, Avro decoded to JSON, one a line.")
final class TailCommand implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(250);

    enum From {
        earliest,
        latest
    }

    @Mixin
    private final Home home = new Home();

    @Parameters(paramLabel = "TOPIC", description = "Such as cdc.app.public.sources; rowcast topics lists them.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String topic;

    @Option(names = "--from", defaultValue = "latest", description = "${COMPLETION-CANDIDATES} (default: latest).")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private From from;

    @Option(names = "-n", paramLabel = "COUNT", description = "End after so many records (default: never).")
    private long count = Long.MAX_VALUE;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        Addresses addresses = home.addresses();
        PrintWriter out = spec.commandLine().getOut();
        RecordJson json = new RecordJson(new RegistryClient(addresses.registry()));
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(addresses.kafka())) {
            List<TopicPartition> partitions = partitions(consumer);
            consumer.assign(partitions);
            switch (from) {
                case earliest -> consumer.seekToBeginning(partitions);
                case latest -> consumer.seekToEnd(partitions);
            }
            for (long left = count; left > 0; ) {
                for (ConsumerRecord<byte[], byte[]> found : consumer.poll(POLL)) {
                    out.println(json.line(found));
                    if (--left == 0) {
                        break;
                    }
                }
                out.flush();
            }
        }
        return 0;
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        Map<String, ?> topics = consumer.listTopics();
        if (!topics.containsKey(topic)) {
            Set<String> ours = new TreeSet<>(topics.keySet());
            ours.removeIf(name -> !name.startsWith("rowcast.") && !name.startsWith("cdc."));
            throw new IllegalArgumentException(
                    "no topic %s; there are: %s [NO_TOPIC]".formatted(topic, String.join(", ", ours)));
        }
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
