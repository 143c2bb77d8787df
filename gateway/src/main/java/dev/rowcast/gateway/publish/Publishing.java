package dev.rowcast.gateway.publish;

import dev.rowcast.gateway.limit.PublishLimits;
import dev.rowcast.gateway.limit.Room;
import dev.rowcast.gateway.limit.TenantBuckets;
import dev.rowcast.gateway.limit.TokenBucket;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.hash.Sha256;
import dev.rowcast.schemas.inbox.EventRules;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.registry.RegistryException;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.RequestHeader;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes events for `rowcast.inbox`, and tells what became of them. Limits fail open: a backlog that is not known
/// refuses nothing. What is not known of a job is not told.
///
/// Safe for use by several threads.
public final class Publishing implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Publishing.class);

    /// How long after it was taken a job can be asked for.
    static final Duration KNOWN_FOR = Duration.ofHours(24);

    private static final int MARK_BYTES = 16;

    private final PublishLimits limits;
    private final Clock clock;
    private final EventReader reader;
    private final Outlet outlet;
    private final Backlog backlog;
    private final boolean watches;
    private final JobCodec jobs;
    private final Repeats repeats;
    private final TenantBuckets buckets;
    private final Room room;
    private final PublishMeter meter;
    private final SecureRandom random = new SecureRandom();

    /// @param catalog names the events there may be; without any, nothing is asked of Kafka
    /// @param secret that of cursors, the same on every node
    public Publishing(
            String bootstrapServers,
            TopicSerdes serdes,
            Catalog catalog,
            String secret,
            PublishLimits limits,
            MeterRegistry meters,
            Clock clock) {
        this.limits = limits;
        this.clock = clock;
        this.reader = new EventReader(new EventRules(catalog), limits.batchEvents());
        this.outlet = new Outlet(bootstrapServers, serdes, limits.write());
        this.backlog = new Backlog(bootstrapServers, clock);
        this.watches = !catalog.events().isEmpty();
        this.jobs = new JobCodec(secret);
        this.repeats = new Repeats(limits.repeats(), System::nanoTime);
        this.buckets = new TenantBuckets(limits.eventsPerSecond(), System::nanoTime);
        this.room = new Room(limits.bytesUnderWay());
        this.meter = new PublishMeter(meters, backlog);
    }

    /// Begins to look at the inbox.
    public void start() {
        if (watches) {
            backlog.start();
        }
    }

    PublishLimits limits() {
        return limits;
    }

    /// The tenant's limit at present, for headers.
    TokenBucket.Answer rate(TenantId tenant) {
        return buckets.of(tenant).take(0);
    }

    /// Room for one request, to be left when it is answered.
    ///
    /// @param bytes of its body, or the most that it may have
    /// @return empty when there is none
    Optional<Room.Place> enter(TenantId tenant, long bytes) {
        return room.enter(tenant, bytes);
    }

    /// Why no request is taken now; empty when they are.
    Optional<Answer.Refused> refusal() {
        return backlog.waiting().orElse(0) >= limits.waiting()
                ? Optional.of(refused(
                        ErrorCode.QUEUE_FULL,
                        "%d published events wait to be ordered; at most %d may."
                                .formatted(backlog.waiting().orElse(0), limits.waiting())))
                : Optional.empty();
    }

    /// A refusal that counts.
    Answer.Refused refused(ErrorCode code, String reason) {
        meter.refused(code.name());
        return new Answer.Refused(code, reason);
    }

    /// Takes a request's events, all or none. Reads the body where it is called, which is not on an event loop.
    ///
    /// @param idempotencyKey by which the same request is known when it comes again
    /// @return never fails
    CompletableFuture<Answer> take(TenantId tenant, byte[] body, Optional<String> idempotencyKey, Cause cause) {
        byte[] markBytes = idempotencyKey.map(key -> mark(tenant, key)).orElseGet(this::mark);
        String mark = HexFormat.of().formatHex(markBytes);
        List<PublishedEvent> events;
        try {
            events = reader.read(body, ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()), i -> mark + "-" + i);
        } catch (BadBodyException e) {
            meter.refused(e.code().name());
            return CompletableFuture.completedFuture(
                    new Answer.Refused(e.code(), e.reason(), e.faults(), Optional.empty()));
        }
        Supplier<CompletableFuture<String>> request = () -> write(tenant, events, mark, cause);
        Optional<CompletableFuture<String>> job = idempotencyKey.isEmpty()
                ? Optional.of(request.get())
                : repeats.once(tenant, idempotencyKey.get(), Sha256.of(body), request);
        if (job.isEmpty()) {
            return CompletableFuture.completedFuture(
                    refused(ErrorCode.KEY_REUSED, "The Idempotency-Key came with another body before."));
        }
        List<String> ids = events.stream().map(PublishedEvent::getId).toList();
        return job.get()
                .<Answer>thenApply(id -> new Answer.Queued(id, ids))
                .exceptionally(failure -> failed(failure, cause.request()));
    }

    /// @return the job's id
    private CompletableFuture<String> write(TenantId tenant, List<PublishedEvent> events, String mark, Cause cause) {
        TokenBucket.Answer rate = buckets.of(tenant).take(events.size());
        if (!rate.granted()) {
            return CompletableFuture.failedFuture(new TooFastException(rate.retryAfter()));
        }
        Instant now = clock.instant();
        return outlet.write(tenant, events, mark, cause).thenApply(written -> {
            meter.queued(events.size());
            return jobs.encode(tenant, new Job(mark, now, backlog.topic(), written.partition(), written.last()));
        });
    }

    private Answer failed(Throwable failure, String request) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TooFastException tooFast) {
            meter.refused(ErrorCode.RATE_LIMITED.name());
            return new Answer.Refused(
                    ErrorCode.RATE_LIMITED,
                    "The tenant published more than %d events in a second.".formatted(limits.eventsPerSecond()),
                    List.of(),
                    Optional.of(tooFast.retryAfter));
        }
        log.atWarn()
                .addKeyValue("cause", cause.toString())
                .addKeyValue(RequestHeader.LOGGED, request)
                .log("Events not confirmed");
        return refused(ErrorCode.NOT_READY, reason(cause));
    }

    private static String reason(Throwable failure) {
        return failure instanceof RegistryException
                // It is asked before the first event is sent, and never again.
                ? "The schema registry does not answer, so nothing of it is published; try again."
                : "Kafka did not confirm all of it in time, so some of it may be published. Send the same again: with the"
                        + " same Idempotency-Key, or with ids in the events, nothing is told twice.";
    }

    /// What became of a job of this tenant.
    JobStatus status(TenantId tenant, String jobId) {
        Optional<Job> found = jobs.decode(tenant, jobId)
                .filter(job -> job.takenAt().plus(KNOWN_FOR).isAfter(clock.instant()));
        if (found.isEmpty()) {
            return new JobStatus.Unknown();
        }
        Job job = found.get();
        return switch (backlog.state(job)) {
            case QUEUED -> new JobStatus.Queued();
            case GONE -> new JobStatus.Unknown();
            case UNKNOWN -> new JobStatus.NotNow();
            case SETTLED -> {
                List<Fault> faults = backlog.faults(job);
                yield faults.isEmpty() ? new JobStatus.Published() : new JobStatus.Failed(faults);
            }
        };
    }

    private static final class TooFastException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Duration retryAfter;

        TooFastException(Duration retryAfter) {
            super("too fast", null, false, false);
            this.retryAfter = retryAfter;
        }
    }

    private byte[] mark() {
        byte[] mark = new byte[MARK_BYTES];
        random.nextBytes(mark);
        return mark;
    }

    /// The same on every node, so that the events of a repeated request have the same ids wherever it comes.
    private static byte[] mark(TenantId tenant, String key) {
        return Arrays.copyOf(Sha256.of(tenant.value() + '\n' + key), MARK_BYTES);
    }

    @Override
    public void close() {
        backlog.close();
        outlet.close();
    }
}
