package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Lease;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.deadletter.Incoming;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/// The whole topology with its real serializers, in the driver of Kafka's own tests.
final class RunningTopology implements AutoCloseable {

    private final MemoryLog log = new MemoryLog();
    private long end;
    private final TopologyTestDriver driver;
    private final TestInputTopic<String, Change> changes;
    private final TestInputTopic<String, GatewayCommand> commands;
    private final TestInputTopic<String, byte[]> rawChanges;
    private final TestOutputTopic<String, Delivery> deliveries;
    private final TestOutputTopic<String, byte[]> rawDeliveries;
    private final TestOutputTopic<byte[], byte[]> deadLetters;
    private final Deserializer<Delivery> deserializer;

    RunningTopology(TopicSerdes serdes, UnaryOperator<TopologySettings> settings) {
        Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00.010Z"), ZoneOffset.UTC);
        driver = new TopologyTestDriver(
                AudienceTopology.build(
                        Samples.CATALOG,
                        settings.apply(TopologySettings.of(Samples.CURSORS, serdes, clock)
                                .withLog(log))),
                new Properties(),
                Instant.parse("2026-01-01T00:00:00Z"));
        StringSerializer text = new StringSerializer();
        changes = driver.createInputTopic(
                Topics.CHANGES.name(), text, serdes.value(Topics.CHANGES).serializer());
        commands = driver.createInputTopic(
                Topics.COMMANDS.name(), text, serdes.value(Topics.COMMANDS).serializer());
        rawChanges = driver.createInputTopic(Topics.CHANGES.name(), text, new ByteArraySerializer());
        deserializer = serdes.value(Topics.DELIVERIES).deserializer();
        deliveries = driver.createOutputTopic(Topics.DELIVERIES.name(), new StringDeserializer(), deserializer);
        rawDeliveries = driver.createOutputTopic(
                Topics.DELIVERIES.name(), new StringDeserializer(), new ByteArrayDeserializer());
        deadLetters = driver.createOutputTopic(
                Topics.DEAD_LETTERS.name(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    void change(@Nullable String tenant, Change change) {
        log.put(end++, tenant, new Incoming.ChangeRecord(change, new byte[200]));
        changes.pipeInput(tenant, change);
    }

    /// What the topology reads its past from.
    MemoryLog log() {
        return log;
    }

    void rawChange(String tenant, byte[] bytes) {
        log.put(end++, tenant, new Incoming.Unreadable("raw", bytes));
        rawChanges.pipeInput(tenant, bytes);
    }

    void rawChange(String tenant, byte[] bytes, Header header) {
        log.put(end++, tenant, new Incoming.Unreadable("raw", bytes));
        rawChanges.pipeInput(new TestRecord<>(tenant, bytes, new RecordHeaders(List.of(header))));
    }

    void command(String tenant, GatewayCommand command) {
        commands.pipeInput(tenant, command);
    }

    /// Everything delivered since the last call.
    List<Delivery> deliveries() {
        return deliveries.readValuesToList();
    }

    /// Everything delivered since the last call, as it is in the log.
    List<byte[]> rawDeliveries() {
        return rawDeliveries.readValuesToList();
    }

    Delivery delivery(byte[] bytes) {
        return deserializer.deserialize(Topics.DELIVERIES.name(), bytes);
    }

    /// The bodies of everything delivered since the last call.
    List<Object> bodies() {
        return deliveries().stream().map(Delivery::getBody).toList();
    }

    /// The frames' records since the last call; anything else is an error.
    List<Frames> frames() {
        return bodies().stream().map(Frames.class::cast).toList();
    }

    List<TestRecord<byte[], byte[]>> deadLetters() {
        return deadLetters.readRecordsToList();
    }

    void passTime(Duration time) {
        for (Duration left = time; left.isPositive(); left = left.minus(Lease.CHECK)) {
            Duration step = left.compareTo(Lease.CHECK) < 0 ? left : Lease.CHECK;
            commands.advanceTime(step);
            driver.advanceWallClockTime(step);
        }
    }

    @Override
    public void close() {
        driver.close();
    }
}
