package dev.rowcast.schemas.dependency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("SI-14: a server is looked at now and then, and what was found is kept")
class WatchTest {

    private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    /// What the server answers; empty is well.
    private final SynchronousQueue<String> answers = new SynchronousQueue<>();
    private final Semaphore asked = new Semaphore(0);

    @Test
    void whatIsToldIsSinceWhenItIsSoAndWhy() throws Exception {
        try (Watch watch = Watch.start("some", Duration.ofMillis(1), this::ask, now::get)) {
            assertThat(watch.status()).isEmpty();

            assertThat(after(watch, 0, "")).isEqualTo(new Watch.Status(true, NOON, NOON, ""));
            assertThat(after(watch, 30, "")).isEqualTo(new Watch.Status(true, NOON, at(30), ""));
            assertThat(after(watch, 60, "gone")).isEqualTo(new Watch.Status(false, at(60), at(60), "gone"));
            assertThat(after(watch, 90, "still")).isEqualTo(new Watch.Status(false, at(60), at(90), "still"));
            assertThat(after(watch, 120, "")).isEqualTo(new Watch.Status(true, at(120), at(120), ""));
        }
    }

    private Watch.Status after(Watch watch, int seconds, String answer) throws InterruptedException {
        asked.acquire();
        now.set(at(seconds));
        answers.put(answer);
        asked.acquire(); // the next look has begun, so this one is noted
        asked.release();
        return Optional.of(watch).flatMap(Watch::status).orElseThrow();
    }

    private void ask() throws Exception {
        asked.release();
        String answer = answers.take();
        if (!answer.isEmpty()) {
            throw new IOException(answer);
        }
    }

    private static Instant at(int seconds) {
        return NOON.plusSeconds(seconds);
    }
}
