package dev.rowcast.bench.cache;

import dev.rowcast.cache.log.Evictions;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.topic.Topics;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// Deletes a key when the event of its row's change comes: from the same topic, at the same time as Rowcast's evictor.
final class Deletions implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(50);

    private final String prefix;
    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> redis;
    private final KafkaConsumer<String, Eviction> consumer;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private Deletions(Stand stand, String prefix) {
        this.prefix = prefix;
        this.client = RedisClient.create(RedisURI.create(stand.redisUrl()));
        this.redis = client.connect(ByteArrayCodec.INSTANCE);
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        stand.at().kafka(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new StringDeserializer(),
                stand.serdes().value(Topics.EVICTIONS).deserializer());
        List<TopicPartition> all = IntStream.range(0, Topics.EVICTIONS.partitions())
                .mapToObj(partition -> new TopicPartition(Topics.EVICTIONS.name(), partition))
                .toList();
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position); // from here on nothing is missed
        this.thread = Thread.ofPlatform().daemon().name("bench-deletions").unstarted(this::run);
    }

    /// Returns when nothing that is committed from now on is missed.
    ///
    /// @param prefix of the keys
    static Deletions start(Stand stand, String prefix) {
        Deletions deletions = new Deletions(stand, prefix);
        deletions.thread.start();
        return deletions;
    }

    private void run() {
        while (closing.getCount() > 0) {
            for (ConsumerRecord<String, Eviction> record : consumer.poll(POLL)) {
                for (Stale stale : Evictions.stale(record.value(), record.offset())) {
                    // Nothing else is evicted here than single rows.
                    if (stale instanceof Stale.Tag(var tenant, var tag, var xid)) {
                        redis.sync().del(LookAside.key(prefix, tag));
                    }
                }
            }
        }
        consumer.close();
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        redis.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
