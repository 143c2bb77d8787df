package dev.rowcast.ingest.inbox;

import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.publish.KafkaFaults;
import dev.rowcast.ingest.publish.Publisher;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;

/// Appends what waits in the inbox to `rowcast.changes`, in a thread of its own beside the engine, for one run: each
/// event once, in the order of its partition.
public final class InboxReader implements AutoCloseable {

    private static final Duration CLOSE_WAIT = Duration.ofMillis(500);

    private final InboxSettings settings;
    private final Publisher publisher;
    private final InboxMeter meter;
    private final Consumer<FaultException> failed;
    private final CountDownLatch flowing = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    private InboxReader(
            InboxSettings settings, Publisher publisher, InboxMeter meter, Consumer<FaultException> failed) {
        this.settings = settings;
        this.publisher = publisher;
        this.meter = meter;
        this.failed = failed;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("rowcast-inbox-" + settings.catalog().source())
                .unstarted(this::run);
    }

    /// Begins to read and to measure. Events are appended from [#rowsFlow] on.
    ///
    /// @param publisher the run's, which must be open: it settled what an earlier run left in doubt
    /// @param failed told of what ended it, once, from its thread
    /// @throws dev.rowcast.schemas.registry.RegistryException when the registry is away
    public static InboxReader start(
            InboxSettings settings, Publisher publisher, InboxMeter meter, Consumer<FaultException> failed) {
        new TopicSerdes(settings.registry()).register(Topics.INBOX);
        InboxReader reader = new InboxReader(settings, publisher, meter, failed);
        reader.thread.start();
        return reader;
    }

    /// The rows' log has caught up with the moment at which the run began, so events may be appended; from any
    /// thread, any number of times.
    public void rowsFlow() {
        flowing.countDown();
    }

    /// Ends within a second, between two transactions where that is possible. Close it before the publisher, and
    /// after the engine, which an interrupted transaction would otherwise fail.
    @Override
    public void close() {
        stopped.countDown();
        try {
            if (!thread.join(CLOSE_WAIT)) {
                // It waits for somebody who does not answer.
                thread.interrupt();
                thread.join(CLOSE_WAIT);
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (InboxWatch watch = InboxWatch.open(settings.kafka(), meter);
                InboxLoop loop = new InboxLoop(settings, publisher, meter, watch, flowing, stopped)) {
            loop.run();
        } catch (InterruptedException | InterruptException | CancellationException e) {
            // Only close interrupts.
            Thread.currentThread().interrupt();
        } catch (FaultException e) {
            fail(e);
        } catch (KafkaException e) {
            fail(KafkaFaults.of(FaultCode.INBOX_FAILED, "reading the inbox", e));
        } catch (RuntimeException e) {
            fail(new FaultException(
                    FaultCode.INBOX_FAILED, "the inbox failed: " + e, "see the log; ingest tries again", e));
        }
    }

    private void fail(FaultException fault) {
        if (stopped.getCount() > 0) {
            failed.accept(fault);
        }
    }
}
