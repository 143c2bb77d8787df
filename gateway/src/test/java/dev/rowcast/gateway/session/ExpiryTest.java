package dev.rowcast.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("RX-18: the end of a token is announced 300 s ahead")
class ExpiryTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> said = new ArrayList<>();
    private final Expiry expiry = new Expiry(
            channel.eventLoop(),
            Clock.fixed(NOW, ZoneOffset.UTC),
            left -> said.add("soon " + left.toSeconds()),
            () -> said.add("over"));

    @BeforeEach
    void freezeTime() {
        channel.freezeTime();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
    }

    @Test
    void threeHundredSecondsBeforeAndAtTheEnd() {
        expiry.at(NOW.plusSeconds(3600));

        pass(Duration.ofSeconds(3299));
        assertThat(said).isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(said).containsExactly("soon 300");
        pass(Duration.ofSeconds(299));
        assertThat(said).containsExactly("soon 300");
        pass(Duration.ofSeconds(1));
        assertThat(said).containsExactly("soon 300", "over");
    }

    @Test
    void atOnceWhereLessIsLeft() {
        expiry.at(NOW.plusSeconds(42));

        // Not a turn later, when what answers once may have been answered.
        assertThat(said).containsExactly("soon 42");
        pass(Duration.ofSeconds(42));
        assertThat(said).containsExactly("soon 42", "over");
    }

    @Test
    void aLaterEndTakesTheFormerOnesPlace() {
        expiry.at(NOW.plusSeconds(400));
        expiry.at(NOW.plusSeconds(900));

        pass(Duration.ofSeconds(599));
        assertThat(said).isEmpty();
        pass(Duration.ofSeconds(301));
        assertThat(said).containsExactly("soon 300", "over");
    }

    @Test
    void ofAConnectionThatEndedNothingIsSaid() {
        expiry.at(NOW.plusSeconds(400));
        expiry.cancel();

        pass(Duration.ofSeconds(500));

        assertThat(said).isEmpty();
    }
}
