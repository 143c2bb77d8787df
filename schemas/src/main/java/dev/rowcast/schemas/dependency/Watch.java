package dev.rowcast.schemas.dependency;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at a server now and then, so that whoever asks for its health learns it without waiting, and so that its
/// breaker closes again also when nobody else asks it for anything.
public final class Watch implements AutoCloseable {

    /// How often where nobody says otherwise.
    public static final Duration USUAL = Duration.ofSeconds(30);

    private static final Logger log = LoggerFactory.getLogger(Watch.class);

    /// Asks the server for something. It must end by itself.
    public interface Question {
        /// @throws Exception when the server does not answer; the message says why, without anything secret
        void ask() throws Exception;
    }

    /// What was found.
    ///
    /// @param answers whether the server answered when it was looked at last
    /// @param since when it began to do so, or stopped
    /// @param checkedAt when it was looked at last
    /// @param reason why it did not answer; empty when it did
    public record Status(boolean answers, Instant since, Instant checkedAt, String reason) {}

    private final String server;
    private final Question question;
    private final InstantSource clock;
    private final ScheduledExecutorService thread;
    private volatile Optional<Status> status = Optional.empty();

    private Watch(String server, Question question, InstantSource clock) {
        this.server = server;
        this.question = question;
        this.clock = clock;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("rowcast-watch-" + server).daemon().factory());
    }

    /// Looks at once, and from then on.
    ///
    /// @param server its name in logs
    /// @param every from the end of one look to the next
    public static Watch start(String server, Duration every, Question question, InstantSource clock) {
        Watch watch = new Watch(server, question, clock);
        ScheduledFuture<?> unused =
                watch.thread.scheduleWithFixedDelay(watch::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    /// What was found last; empty before the first look has ended.
    public Optional<Status> status() {
        return status;
    }

    private void look() {
        String reason = "";
        try {
            question.ask();
        } catch (Exception e) {
            reason = Optional.ofNullable(e.getMessage()).orElseGet(e::toString);
        }
        Instant now = clock.instant();
        boolean answers = reason.isEmpty();
        Optional<Status> last = status;
        boolean same = last.isPresent() && last.get().answers() == answers;
        status = Optional.of(new Status(answers, same ? last.get().since() : now, now, reason));
        if (!same && !answers) {
            log.atWarn()
                    .addKeyValue("server", server)
                    .addKeyValue("cause", reason)
                    .log("Server does not answer");
        } else if (!same && last.isPresent()) {
            log.atInfo().addKeyValue("server", server).log("Server answers again");
        }
    }

    /// Ends without waiting for a look that is under way.
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
