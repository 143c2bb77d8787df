package dev.rowcast.cache.local;

import dev.rowcast.cache.log.Watermarks;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Empties a [LocalCache] by the log, from its end on, in a thread of its own. When the log cannot be followed the
/// cache is emptied and keeps nothing until it can.
public final class LogFollower implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(LogFollower.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final long CLOCK_EACH_NANOS = 500_000_000;

    private final Map<String, Object> settings;
    private final TopicSerdes serdes;
    private final LocalCache cache;
    private final RedisLink redis;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private long clockNanos = System.nanoTime() - CLOCK_EACH_NANOS;

    private LogFollower(String bootstrapServers, TopicSerdes serdes, LocalCache cache, RedisLink redis) {
        this.settings = settings(bootstrapServers);
        this.serdes = serdes;
        this.cache = cache;
        this.redis = redis;
        this.thread = Thread.ofPlatform().daemon().name("rowcast-cache-log").unstarted(this::run);
    }

    /// Follows until it is closed.
    public static LogFollower start(String bootstrapServers, TopicSerdes serdes, LocalCache cache, RedisLink redis) {
        LogFollower follower = new LogFollower(bootstrapServers, serdes, cache, redis);
        follower.thread.start();
        return follower;
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (closing.getCount() > 0) {
                try {
                    follow();
                } catch (RuntimeException e) {
                    cache.lost();
                    log.atWarn()
                            .addKeyValue("cause", e.getMessage())
                            .setCause(e instanceof KafkaException ? null : e)
                            .log("Evictions not followed");
                    closing.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            cache.lost();
        }
    }

    private void follow() {
        List<TopicPartition> all = IntStream.range(0, Topics.EVICTIONS.partitions())
                .mapToObj(partition -> new TopicPartition(Topics.EVICTIONS.name(), partition))
                .toList();
        List<Watermarks> watermarks =
                Stream.generate(Watermarks::new).limit(all.size()).toList();
        Emptying emptying = new Emptying(cache, serdes.value(Topics.EVICTIONS).deserializer());
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(all);
            consumer.seekToEnd(all);
            all.forEach(each -> cache.following(each.partition(), consumer.position(each) - 1));
            while (closing.getCount() > 0) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (TopicPartition each : records.partitions()) {
                    apply(each.partition(), records.records(each), emptying, watermarks.get(each.partition()));
                }
                readClock();
            }
        }
    }

    private void apply(
            int partition, List<ConsumerRecord<byte[], byte[]>> records, Emptying emptying, Watermarks watermarks) {
        cache.following(partition, records.getLast().offset());
        records.forEach(record -> emptying.apply(record, watermarks));
        watermarks.oldest().ifPresent(redisMs -> cache.watermark(partition, redisMs));
    }

    /// Between its answers the process' own clock says how much has passed.
    private void readClock() {
        long asked = System.nanoTime();
        if (asked - clockNanos >= CLOCK_EACH_NANOS) {
            clockNanos = asked;
            try {
                cache.clock(redis.clockMs(), asked);
            } catch (RedisUnavailableException e) {
                log.atDebug().addKeyValue("cause", e.getMessage()).log("Clock of Redis not read");
            }
        }
    }

    private static Map<String, Object> settings(String bootstrapServers) {
        return Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.CLIENT_ID_CONFIG,
                "rowcast-cache",
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                // What is gone must be told, not jumped over.
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "none",
                ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                50,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                1_000);
    }
}
