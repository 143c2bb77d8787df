package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.fromTheBeginning;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.topic.Lease;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A lease ends when its node was silent, and not when nobody listened.
class LeasesTest {

    private static final Duration LEASE = Duration.ofMillis(Samples.LEASE_MS);

    private final RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);
    private long offset;

    @BeforeEach
    void somebodyListens() {
        task.passTime(LEASE.multipliedBy(3));
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
    }

    @Test
    @DisplayName("a task that stood still ends no lease for it, and afterwards a node that is silent loses its own")
    void aTaskThatStoodStillEndsNoLease() {
        task.passTime(Duration.ofSeconds(2));
        task.stall(LEASE.multipliedBy(2));

        assertThat(isSubscribed()).isTrue();
        task.passTime(LEASE.plus(Lease.CHECK.multipliedBy(3)));
        assertThat(isSubscribed()).isFalse();
    }

    @Test
    @DisplayName("while signs of life wait behind a crowd's commands no lease ends, and once there is no crowd it does")
    void signsOfLifeMayWaitBehindOtherCommands() {
        task.command("demo", attach("n2", 0));
        for (long passedMs = 0; passedMs < 2 * LEASE.toMillis(); passedMs += Lease.CHECK.toMillis()) {
            Duration waited = Duration.ofMillis(Math.min(passedMs, LEASE.toMillis()) * 9 / 10 + 2_000);
            task.command("demo", subscribe("n2", passedMs, ALICE, fromTheBeginning(), channel("vault:2")), waited);
            task.passTime(Lease.CHECK);
            if (passedMs == LEASE.toMillis()) {
                // Written long before.
                task.command("demo", attach("n1", 0), waited);
            }
        }

        assertThat(isSubscribed()).isTrue();
        task.passTime(LEASE.plus(Lease.CHECK.multipliedBy(3)));
        assertThat(isSubscribed()).isFalse();
    }

    @Test
    @DisplayName(
            "P3: a node that came back is told nothing after a crash that took back a part of what its end removed,"
                    + " until it was told that it has nothing")
    void aNodeThatIsKnownInPartIsToldThatItHasNothingFirst() {
        task.command("demo", subscribe("n1", 2, ALICE, fromTheBeginning(), channel("vault:2")));
        do {
            task.commit();
            task.passTime(Lease.CHECK);
        } while (task.uncommitted(AudienceProcessor.SUBSCRIPTIONS_STORE) == 0);
        task.command("demo", attach("n1", 0));
        task.crash(AudienceProcessor.SUBSCRIPTIONS_STORE, 1);

        // Who is told of one vault and not of the other would take it for all that there was.
        assertThat(tellsOf(1) || tellsOf(2)).isFalse();
        assertThat(task.command("demo", attach("n1", 0)))
                .extracting(Delivery::getBody)
                .containsExactly(new Attached(false));
    }

    private boolean isSubscribed() {
        return tellsOf(1);
    }

    private boolean tellsOf(int vault) {
        offset++;
        return task
                .change(
                        "demo",
                        offset,
                        inserted("public.sources", "" + offset, offset, source((int) offset, vault, "t")))
                .stream()
                .anyMatch(delivery -> delivery.getNode().equals("n1"));
    }
}
