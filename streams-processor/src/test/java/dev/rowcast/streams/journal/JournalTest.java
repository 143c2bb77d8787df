package dev.rowcast.streams.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.protocol.JsonFragment;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.route.Audience;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JournalTest {

    private static final TenantId DEMO = new TenantId("demo");
    private static final long ALL = Long.MAX_VALUE;

    private final Journal journal = new Journal(new JournalLimits(1_000, 1 << 20, Duration.ofMinutes(10)), -1);

    @Test
    @DisplayName("what a resume costs grows with what was missed, and not with what the tenant did")
    void costGrowsWithWhatWasMissed() {
        for (int i = 0; i < 1_000; i++) {
            journal.append(change(i, 0, i % 100 == 0 ? "vault:1" : "vault:2"));
        }
        long before = journal.touched();

        List<LoggedChange> found = journal.between(499, ALL, DEMO, List.of("vault:1", "vault:9"), 1_000);

        assertThat(found).extracting(LoggedChange::offset).containsExactly(500L, 600L, 700L, 800L, 900L);
        assertThat(journal.touched() - before).isEqualTo(5);
    }

    @Test
    void aChangeThatConcernsSeveralTargetsIsFoundOnce() {
        journal.append(change(0, 0, "vault:1", "vault:2"));
        journal.append(change(1, 0, "vault:2"));

        assertThat(journal.between(-1, ALL, DEMO, List.of("vault:1", "vault:2"), 10))
                .extracting(LoggedChange::offset)
                .containsExactly(0L, 1L);
    }

    @Test
    void whatIsFoundIsBounded() {
        for (int i = 0; i < 10; i++) {
            journal.append(change(i, 0, "vault:1"));
        }

        assertThat(journal.between(1, 6, DEMO, List.of("vault:1"), 3))
                .extracting(LoggedChange::offset)
                .containsExactly(2L, 3L, 4L);
        assertThat(journal.between(4, 6, DEMO, List.of("vault:1"), 3))
                .extracting(LoggedChange::offset)
                .containsExactly(5L, 6L);
    }

    @Test
    void overItsCountItForgetsTheOldestAndSaysSo() {
        for (int i = 0; i < 1_500; i++) {
            journal.append(change(i, 0, "vault:" + i % 7));
        }

        assertThat(journal.size()).isEqualTo(1_000);
        assertThat(journal.floor()).isEqualTo(499);
        assertThat(journal.reaches(499)).isTrue();
        assertThat(journal.reaches(498)).isFalse();
        assertThat(journal.between(-1, ALL, DEMO, List.of("vault:1"), 1_000))
                .first()
                .extracting(LoggedChange::offset)
                .isEqualTo(505L);
    }

    @Test
    void overItsAgeItForgetsTheOldest() {
        journal.append(change(0, minutes(0), "vault:1"));
        journal.append(change(1, minutes(5), "vault:1"));
        journal.append(change(2, minutes(11), "vault:1"));

        assertThat(journal.floor()).isEqualTo(0);
        assertThat(journal.size()).isEqualTo(2);
    }

    @Test
    void overItsBytesItForgetsTheOldest() {
        Journal small = new Journal(new JournalLimits(1_000, 1_024, Duration.ofMinutes(10)), -1);
        for (int i = 0; i < 100; i++) {
            small.append(change(i, 0, "vault:1"));
        }

        assertThat(small.size()).isEqualTo(10);
        assertThat(small.bytes()).isEqualTo(1_000);
    }

    private static long minutes(int minutes) {
        return Duration.ofMinutes(minutes).toMillis() * 1_000;
    }

    private static LoggedChange change(long offset, long capturedUs, String... channels) {
        ServerMessage.Content content = new ServerMessage.Content(
                "happened",
                "demo",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Instant.EPOCH,
                JsonFragment.EMPTY_OBJECT);
        Audience audience = Audience.of(Set.of(), new TreeSet<>(List.of(channels)));
        Routed event = new Routed.Event(content, Optional.empty(), 0, 0, audience, Optional.empty(), Optional.empty());
        return new LoggedChange(DEMO, 1, offset, capturedUs, 100, event);
    }
}
