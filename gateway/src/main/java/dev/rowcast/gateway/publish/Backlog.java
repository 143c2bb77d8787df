package dev.rowcast.gateway.publish;

import dev.rowcast.schemas.inbox.InboxLag;
import dev.rowcast.schemas.inbox.InboxLag.Reading;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far ingest is with the inbox, looked at once a second by a thread of its own and not by requests.
///
/// What a job's events became is only told of a moment up to which the dead letters are known as well: those that were
/// set aside stand there since the same transaction.
final class Backlog implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Backlog.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    /// What is older is not known.
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final String bootstrapServers;
    private final Clock clock;
    private final Thread thread;
    private final SetAside setAside;
    private volatile @Nullable Measured measured;
    private volatile @Nullable Settled settled;
    private volatile boolean closed;

    private record Measured(Reading reading, Instant at) {}

    /// A moment of which all is known.
    private record Settled(int topic, Map<Integer, Long> ordered, Instant at) {}

    Backlog(String bootstrapServers, Clock clock) {
        this.bootstrapServers = bootstrapServers;
        this.clock = clock;
        this.setAside = new SetAside(bootstrapServers, clock);
        this.thread = Thread.ofPlatform().name("rowcast-backlog").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// How many events of everybody wait; empty when it is not known.
    OptionalLong waiting() {
        Measured latest = measured;
        return latest != null && isFresh(latest.at())
                ? OptionalLong.of(latest.reading().waiting())
                : OptionalLong.empty();
    }

    /// Which incarnation of the inbox there is, for [Job#topic()].
    int topic() {
        Measured latest = measured;
        return latest == null ? Job.ANY_TOPIC : latest.reading().topicId().hashCode();
    }

    /// What became of a job.
    enum State {
        /// Some of it waits.
        QUEUED,
        /// All of it is ordered or set aside.
        SETTLED,
        /// The inbox that it was in is gone.
        GONE,
        /// Kafka did not say lately.
        UNKNOWN
    }

    State state(Job job) {
        Settled latest = settled;
        if (latest == null || !isFresh(latest.at())) {
            return State.UNKNOWN;
        }
        if (job.topic() != Job.ANY_TOPIC && latest.topic() != job.topic()) {
            return State.GONE;
        }
        return latest.ordered().getOrDefault(job.partition(), 0L) > job.last() ? State.SETTLED : State.QUEUED;
    }

    /// Its events that were set aside.
    List<Fault> faults(Job job) {
        return setAside.of(job.mark());
    }

    private boolean isFresh(Instant at) {
        return at.plus(FRESH).isAfter(clock.instant());
    }

    private void run() {
        while (!closed) {
            try (Admin admin = Admin.create(Map.of(
                            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                            bootstrapServers,
                            AdminClientConfig.CLIENT_ID_CONFIG,
                            "rowcast-gateway-backlog",
                            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                            (int) PATIENCE.toMillis(),
                            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                            (int) PATIENCE.toMillis()));
                    SetAside.Reader letters = setAside.reader()) {
                InboxLag lag = new InboxLag(admin);
                while (!closed) {
                    look(admin, lag, letters);
                    Thread.sleep(EVERY);
                }
                admin.close(CLOSE_WITHIN);
            } catch (InterruptedException e) {
                return;
            } catch (ExecutionException | TimeoutException | KafkaException e) {
                log.atWarn().addKeyValue("cause", e.toString()).log("How far the inbox is ordered is not known");
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private void look(Admin admin, InboxLag lag, SetAside.Reader letters)
            throws InterruptedException, ExecutionException, TimeoutException {
        Reading reading = lag.measure().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        Instant now = clock.instant();
        measured = new Measured(reading, now);
        // Also what is written and not committed yet: the position that was read may be of the same transaction.
        long end = admin.listOffsets(
                        Map.of(SetAside.LETTERS, OffsetSpec.latest()),
                        new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED))
                .partitionResult(SetAside.LETTERS)
                .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .offset();
        if (letters.readTo(end, EVERY)) {
            settled = new Settled(reading.topicId().hashCode(), reading.ordered(), now);
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(EVERY);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(CLOSE_WITHIN.multipliedBy(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
