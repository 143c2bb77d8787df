package dev.rowcast.streams.evictor;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.Applied;
import dev.rowcast.cache.shared.Place;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.evictor.Trouble.Cause;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The evictor's thread: reads the partitions that the group gives it and hands each its records. A lane that is lost
/// is paused until Redis has said where it is; then it is read from there on. Nothing is ever skipped, and no failure
/// ends it.
final class EvictorLoop implements Runnable, ConsumerRebalanceListener {

    private static final Logger LOG = LoggerFactory.getLogger(EvictorLoop.class);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<byte[], byte[]> consumer;
    private final Reader reader;
    private final TopicWatch topics;
    private final Rewind rewind;
    private final RedisLink redis;
    private final SharedCache cache;
    private final int mostStale;
    private final EvictorMetrics metrics;
    private final Map<Integer, Lane> lanes = new TreeMap<>();
    private final Backoff backoff = new Backoff();
    private Optional<LogTopic> topic = Optional.empty();
    private volatile Optional<Trouble> trouble = Optional.empty();
    private volatile boolean closing;

    EvictorLoop(
            Consumer<byte[], byte[]> consumer,
            Reader reader,
            TopicWatch topics,
            Rewind rewind,
            RedisLink redis,
            SharedCache cache,
            int mostStale,
            EvictorMetrics metrics) {
        this.consumer = consumer;
        this.reader = reader;
        this.topics = topics;
        this.rewind = rewind;
        this.redis = redis;
        this.cache = cache;
        this.mostStale = mostStale;
        this.metrics = metrics;
    }

    /// Why nothing is evicted at present; from any thread.
    Optional<Trouble> trouble() {
        return trouble;
    }

    /// Ends [#run] soon; from any thread.
    void stop() {
        closing = true;
        consumer.wakeup();
    }

    @Override
    public void run() {
        consumer.subscribe(List.of(Topics.EVICTIONS.name()), this);
        while (!closing) {
            try {
                round();
            } catch (WakeupException e) {
                // Only stop wakes it up.
                closing = true;
            } catch (OffsetOutOfRangeException e) {
                // The log does not reach back so far, or not so far yet: finding them says which.
                e.partitions().forEach(this::lose);
            } catch (KafkaException e) {
                backoff.failed();
                failed(Cause.KAFKA, e);
                loseAll();
            } catch (RuntimeException e) {
                backoff.failed();
                failed(Cause.OURS, e);
                loseAll();
            }
        }
    }

    private void round() {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        for (TopicPartition partition : records.partitions()) {
            take(partition, records.records(partition));
        }
        look();
        findLost();
        lanes.values().forEach(lane -> metrics.look(lane, topics.end(lane.partition())));
    }

    private void take(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        Lane lane = lanes.get(partition.partition());
        if (lane == null) {
            return; // it is another process's by now
        }
        try {
            if (backoff.over()) {
                metrics.evicted(lane.take(reader.read(records)));
                if (lane.place().isEmpty()) {
                    metrics.sought();
                }
            } else {
                lane.lose(); // the registry has just not answered another lane
            }
        } catch (RedisUnavailableException e) {
            failed(lane, e);
        } catch (RegistryException e) {
            lane.lose();
            backoff.failed();
            failed(Cause.REGISTRY, e);
        }
        if (lane.place().isEmpty()) {
            consumer.pause(List.of(partition));
        }
    }

    /// A topic that was made anew has other offsets, whatever they say.
    private void look() {
        if (topics.look() && backoff.over()) {
            try {
                long asked = System.nanoTime();
                metrics.clock(redis.clockMs(), asked);
            } catch (RedisUnavailableException e) {
                LOG.atDebug().addKeyValue("reason", e.getMessage()).log("Clock of Redis not read");
            }
        }
        if (!topics.topic().equals(topic)) {
            topic = topics.topic();
            loseAll();
        }
    }

    private void findLost() {
        for (Lane lane : lanes.values()) {
            if (lane.place().isEmpty()
                    && topic.isPresent()
                    && backoff.over()
                    && lane.backoff().over()) {
                try {
                    find(lane, topic.get());
                } catch (RedisUnavailableException e) {
                    failed(lane, e);
                }
            }
        }
    }

    private void find(Lane lane, LogTopic here) throws RedisUnavailableException {
        TopicPartition partition = partition(lane.partition());
        Place place = switch (lane.ask(here.id())) {
            case Applied.Seek(long offset) when rewind.reaches(partition, offset) -> new Place(here.id(), offset);
            case Applied.Seek(long offset) -> reset(partition, here, Optional.of(new Place(here.id(), offset)));
            case Applied.ResetNeeded(Optional<Place> found) -> reset(partition, here, found);
            case Applied.Ok ok -> throw new IllegalStateException("Redis is nowhere, and says that it is right");
        };
        if (place.topic().equals(here.id())) {
            lane.begin(place, here.inputs());
            consumer.seek(partition, place.offset() + 1);
            consumer.resume(List.of(partition));
            succeeded(lane);
        } else {
            // Somebody else began again, in a topic that one of us does not know yet.
            lane.backoff().failed();
        }
    }

    private Place reset(TopicPartition partition, LogTopic here, Optional<Place> found)
            throws RedisUnavailableException {
        Place from = new Place(here.id(), rewind.offset(partition));
        Place place = cache.reset(partition.partition(), found, from);
        metrics.reset();
        LOG.atWarn()
                .addKeyValue("partition", partition.partition())
                .addKeyValue("found", found.map(Place::toString).orElse("nothing"))
                .addKeyValue("offset", place.offset())
                .log("Cache partition begins again");
        return place;
    }

    /// What was polled and not taken would be skipped, if reading went on.
    private void loseAll() {
        lanes.keySet().forEach(partition -> lose(partition(partition)));
    }

    private void lose(TopicPartition partition) {
        Lane lane = lanes.get(partition.partition());
        if (lane != null) {
            lane.lose();
            consumer.pause(List.of(partition));
        }
    }

    /// Others may be on another server of a cluster.
    private void failed(Lane lane, RedisUnavailableException failure) {
        lane.backoff().failed();
        failed(Cause.REDIS, failure);
    }

    private void failed(Cause cause, Exception failure) {
        metrics.failed(cause);
        if (trouble.map(Trouble::cause).filter(cause::equals).isEmpty()) {
            LOG.atWarn()
                    .addKeyValue("cause", cause.label())
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .setCause(cause == Cause.OURS ? failure : null)
                    .log("Evictions wait");
        }
        trouble = Optional.of(new Trouble(cause, String.valueOf(failure.getMessage())));
    }

    private void succeeded(Lane lane) {
        backoff.succeeded();
        lane.backoff().succeeded();
        if (trouble.isPresent()
                && lanes.values().stream().allMatch(each -> each.place().isPresent())) {
            LOG.atInfo().log("Evictions go on");
            trouble = Optional.empty();
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            // Somewhere, because the consumer wants a position; it is paused until Redis says which.
            consumer.seek(partition, 0);
            lanes.put(partition.partition(), new Lane(partition.partition(), cache, mostStale));
            metrics.assigned(partition.partition());
        }
        consumer.pause(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            lanes.remove(partition.partition());
            metrics.revoked(partition.partition());
        }
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition(Topics.EVICTIONS.name(), number);
    }
}
