package dev.rowcast.ingest.inbox;

import dev.rowcast.schemas.inbox.Refusal;
import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.registry.RegistryException.Reason;
import dev.rowcast.schemas.registry.WireFormat;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An [EventJudge] that waits for a registry that is away, however long: without the schema nothing can be said of the
/// event. A schema that the registry answers not to know is another matter: nobody will ever read the event.
final class PatientJudge {

    private static final Logger LOG = LoggerFactory.getLogger(PatientJudge.class);

    /// A schema that is new may not have reached every node of a registry.
    private static final int ASK_FOR_UNKNOWN_SCHEMA = 3;

    private static final int SHORTEST_PAUSE_MS = 100;
    private static final int LONGEST_PAUSE_MS = 2_000;
    private static final int LONGEST_SHIFT = 5;

    private static final long GIVEN_UP_NANOS = Duration.ofSeconds(10).toNanos();

    private final EventJudge judge;
    private final CountDownLatch stopped;
    private final Runnable beforeWaiting;
    private int givenUp;
    private long givenUpAt;

    /// @param stopped ends all waiting
    /// @param beforeWaiting run before each pause
    PatientJudge(EventJudge judge, CountDownLatch stopped, Runnable beforeWaiting) {
        this.judge = judge;
        this.stopped = stopped;
        this.beforeWaiting = beforeWaiting;
    }

    /// @throws CancellationException when it was stopped while it waited
    Verdict judge(ConsumerRecord<byte[], byte[]> record) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return judge.judge(record);
            } catch (RegistryException e) {
                if (e.reason() != Reason.NOT_FOUND) {
                    await(e, attempt);
                } else if (attempt >= ASK_FOR_UNKNOWN_SCHEMA || isGivenUp(record)) {
                    giveUp(record);
                    return new Verdict.Refused(new Refusal(Refusal.Code.UNREADABLE, String.valueOf(e.getMessage())));
                } else {
                    pause(SHORTEST_PAUSE_MS);
                }
            }
        }
    }

    /// Many events of one unknown schema shall not each take the time that the first one took.
    private boolean isGivenUp(ConsumerRecord<byte[], byte[]> record) {
        return WireFormat.schemaId(record.value()) == givenUp && System.nanoTime() - givenUpAt < GIVEN_UP_NANOS;
    }

    private void giveUp(ConsumerRecord<byte[], byte[]> record) {
        givenUp = WireFormat.schemaId(record.value());
        givenUpAt = System.nanoTime();
    }

    private void await(RegistryException away, int attempt) throws InterruptedException {
        LOG.atWarn()
                .addKeyValue("reason", away.getMessage())
                .addKeyValue("attempt", attempt)
                .log("Inbox waits for the schema registry");
        beforeWaiting.run();
        pause(Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS << Math.min(attempt, LONGEST_SHIFT)));
    }

    private void pause(int ms) throws InterruptedException {
        if (stopped.await(ms, TimeUnit.MILLISECONDS)) {
            throw new CancellationException();
        }
    }
}
