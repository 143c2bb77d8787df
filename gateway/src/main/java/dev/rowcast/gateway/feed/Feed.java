package dev.rowcast.gateway.feed;

import dev.rowcast.gateway.channel.Arrival;
import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.gateway.told.Told;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Lease;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that reads this node's deliveries and hands each poll's records to the event loops.
///
/// A consumer group assigns the partitions of `rowcast.deliveries`; the lowest of those assigned when the node
/// has none is its home and stays it as long as the group leaves it there. The others are paused: nothing for
/// this node is in them. A new home is read from its end, and everything is asked for again.
final class Feed implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Feed.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofMillis(500);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);
    private static final int BATCHES_UNDER_WAY = 2;
    private static final int NO_HOME = -1;

    private final Node node;
    private final Commands commands;
    private final Shards shards;
    private final Positions positions;
    private final Told told;
    private final Deserializer<Delivery> deliveries;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Semaphore underWay = new Semaphore(BATCHES_UNDER_WAY);
    private final Thread thread;
    private int home = NO_HOME;
    private boolean moved;
    private long attachedNanos;
    private volatile boolean hasHome;
    private volatile boolean closed;

    Feed(
            Node node,
            Commands commands,
            Shards shards,
            Positions positions,
            Told told,
            String bootstrapServers,
            TopicSerdes serdes) {
        this.node = node;
        this.commands = commands;
        this.shards = shards;
        this.positions = positions;
        this.told = told;
        this.deliveries = serdes.value(Topics.DELIVERIES).deserializer();
        this.consumer =
                new KafkaConsumer<>(settings(bootstrapServers), new StringDeserializer(), new ByteArrayDeserializer());
        this.thread = Thread.ofPlatform().name("rowcast-feed").daemon().unstarted(this::run);
    }

    private static Map<String, Object> settings(String bootstrapServers) {
        return Map.ofEntries(
                Map.entry(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
                Map.entry(ConsumerConfig.GROUP_ID_CONFIG, "rowcast-gateway"),
                Map.entry(ConsumerConfig.CLIENT_ID_CONFIG, "rowcast-gateway-feed"),
                Map.entry(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
                Map.entry(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false),
                // A home is always read from its end, which the listener below resolves and keeps.
                Map.entry(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "latest"),
                Map.entry(
                        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName()),
                Map.entry(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 6_000),
                Map.entry(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000),
                Map.entry(ConsumerConfig.FETCH_MIN_BYTES_CONFIG, 1),
                Map.entry(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 500),
                Map.entry(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1_000));
    }

    void start() {
        thread.start();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    boolean hasHome() {
        return hasHome;
    }

    @Override
    public void close() {
        closed = true;
        consumer.wakeup();
        try {
            thread.join(CLOSE_WITHIN.multipliedBy(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (consumer) {
            consumer.subscribe(List.of(Topics.DELIVERIES.name()), new Rebalancing());
            while (!closed) {
                turn();
            }
            consumer.close(CloseOptions.timeout(CLOSE_WITHIN));
        } catch (WakeupException | InterruptedException e) {
            log.atDebug().log("Feed ended");
        } catch (RuntimeException e) {
            // Liveness turns red; the operator's platform starts the node anew, and clients resume elsewhere.
            log.atError().setCause(e).log("Feed failed");
        }
    }

    private void turn() throws InterruptedException {
        // Given back when every event loop has written the batch, so at most two wait for slow loops.
        boolean room = underWay.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
        if (home != NO_HOME) {
            List<TopicPartition> here = List.of(partition(home));
            if (room) {
                consumer.resume(here);
            } else {
                consumer.pause(here);
            }
        }
        ConsumerRecords<String, byte[]> records = consumer.poll(room ? POLL : Duration.ZERO);
        renewLease();
        List<Arrival> arrivals = arrivals(records);
        if (room && (moved || !arrivals.isEmpty())) {
            shards.offer(arrivals, positions.snapshot(), moved, underWay::release);
            moved = false;
        } else if (room) {
            underWay.release();
        }
    }

    private List<Arrival> arrivals(ConsumerRecords<String, byte[]> records) throws InterruptedException {
        List<Arrival> arrivals = new ArrayList<>(records.count());
        for (ConsumerRecord<String, byte[]> record : records) {
            if (node.id().equals(record.key())) {
                read(record).map(Arrival::of).filter(positions::isNew).ifPresent(arrivals::add);
            }
        }
        for (Arrival arrival : arrivals) {
            told.of(arrival.delivery());
            if (arrival.delivery().getBody() instanceof Subscribed answer) {
                commands.answered(answer.getRequest());
            }
        }
        return arrivals;
    }

    private Optional<Delivery> read(ConsumerRecord<String, byte[]> record) throws InterruptedException {
        while (!closed) {
            try {
                return Optional.ofNullable(deliveries.deserialize(record.topic(), record.value()));
            } catch (RegistryException e) {
                if (e.reason() != RegistryException.Reason.UNAVAILABLE) {
                    return skipped(record, e);
                }
                // Readiness turns red while this lasts, because no progress comes through.
                log.atWarn().addKeyValue("cause", e.getMessage()).log("Registry unavailable, delivery waits");
                Thread.sleep(RETRY);
            } catch (SerializationException e) {
                return skipped(record, e);
            }
        }
        return Optional.empty();
    }

    private static Optional<Delivery> skipped(ConsumerRecord<String, byte[]> record, RuntimeException cause) {
        log.atError()
                .addKeyValue("partition", record.partition())
                .addKeyValue("offset", record.offset())
                .addKeyValue("cause", cause.getMessage())
                .log("Unreadable delivery skipped");
        return Optional.empty();
    }

    private void renewLease() {
        if (home != NO_HOME && System.nanoTime() - attachedNanos > Lease.RENEWAL.toNanos()) {
            attachedNanos = System.nanoTime();
            commands.attach(home, Lease.ASKED);
        }
    }

    private static TopicPartition partition(int number) {
        return new TopicPartition(Topics.DELIVERIES.name(), number);
    }

    /// Keeps the home in step with the group.
    private final class Rebalancing implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> assigned) {
            if (home == NO_HOME) {
                consumer.assignment().stream()
                        .mapToInt(TopicPartition::partition)
                        .min()
                        .ifPresent(this::moveTo);
            }
            consumer.pause(consumer.assignment().stream()
                    .filter(each -> each.partition() != home)
                    .toList());
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
            if (revoked.contains(partition(home))) {
                home = NO_HOME;
                hasHome = false;
            }
        }

        private void moveTo(int partition) {
            TopicPartition here = Feed.partition(partition);
            consumer.seekToEnd(List.of(here));
            long end = consumer.position(here);
            // Until the next turn, which knows whether there is room for what it brings.
            consumer.pause(List.of(here));
            home = partition;
            hasHome = true;
            moved = true;
            attachedNanos = System.nanoTime();
            commands.attach(home, Lease.ASKED);
            log.atInfo()
                    .addKeyValue("node", node.id())
                    .addKeyValue("partition", partition)
                    .addKeyValue("offset", end)
                    .log("Home partition taken");
        }
    }
}
