package dev.rowcast.ingest.inbox;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.KafkaFaults;
import dev.rowcast.ingest.publish.KafkaSettings;
import dev.rowcast.schemas.inbox.InboxLag;
import dev.rowcast.schemas.inbox.InboxLag.Reading;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Measures once a second how much waits, and sees when the topic is not the one that it was: a consumer would go on in
/// the new one at the old one's offset.
final class InboxWatch implements AutoCloseable {

    private static final long EVERY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration PATIENCE = Duration.ofSeconds(9);

    private final Admin admin;
    private final InboxLag lag;
    private final InboxMeter meter;
    private final Reading first;
    private CompletableFuture<Reading> latest;
    private long askedAt = System.nanoTime();

    private InboxWatch(Admin admin, InboxLag lag, InboxMeter meter, Reading first) {
        this.admin = admin;
        this.lag = lag;
        this.meter = meter;
        this.first = first;
        this.latest = CompletableFuture.completedFuture(first);
    }

    /// @throws FaultException when Kafka does not answer
    /// @throws InterruptedException when it was interrupted
    static InboxWatch open(KafkaSettings kafka, InboxMeter meter) throws InterruptedException {
        Admin admin = Admin.create(kafka.admin());
        try {
            InboxLag lag = new InboxLag(admin);
            Reading first = lag.measure().toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            meter.waiting(first.waiting());
            return new InboxWatch(admin, lag, meter, first);
        } catch (ExecutionException | TimeoutException e) {
            admin.close(Duration.ZERO);
            throw KafkaFaults.of(
                    FaultCode.BROKER_AWAY, "looking at the inbox", e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            admin.close(Duration.ZERO);
            throw e;
        }
    }

    String topicId() {
        return first.topicId();
    }

    int partitions() {
        return first.partitions();
    }

    /// Does not wait.
    ///
    /// @throws FaultException when the topic is gone, is another one or has other partitions
    void look() {
        if (!latest.isDone() || System.nanoTime() - askedAt < EVERY_NANOS) {
            return;
        }
        if (latest.isCompletedExceptionally()) {
            if (latest.exceptionNow() instanceof UnknownTopicOrPartitionException) {
                throw changed("is not there any more");
            }
        } else {
            Reading seen = latest.resultNow();
            if (!seen.topicId().equals(first.topicId())) {
                throw changed("was deleted and made again");
            }
            if (seen.partitions() != first.partitions()) {
                throw changed("has %d partitions instead of %d".formatted(seen.partitions(), first.partitions()));
            }
        }
        askedAt = System.nanoTime();
        latest = lag.measure()
                .thenApply(reading -> {
                    meter.waiting(reading.waiting());
                    return reading;
                })
                .toCompletableFuture();
    }

    private static FaultException changed(String how) {
        return new FaultException(
                FaultCode.INBOX_FAILED,
                "rowcast.inbox " + how,
                "nothing, ingest looks at it anew; what is lost by that is a dead letter",
                null);
    }

    /// What was asked and not answered is of no interest any more.
    @Override
    public void close() {
        latest.cancel(false);
        admin.close(Duration.ZERO);
        meter.unknown();
    }
}
