package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Several sessions of a node share a subscription, and input is read again after a crash: neither takes anything from
/// who is still due it.
class SubscriptionStartsTest {

    private static final String MEMBERS = "public.room_members";

    private final RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);

    @BeforeEach
    void attachNode() {
        task.command("demo", attach("n1", 0));
    }

    @Test
    @DisplayName("P4: a session that is ahead of the input takes nothing from another that is not")
    void aSessionThatIsAheadTakesNothingFromAnother() {
        for (long offset = 0; offset < 10; offset++) {
            task.change("demo", offset, inVaultOne(offset));
        }
        task.command("demo", subscribe("n1", 1, ALICE, after(2), channel("vault:1")));

        // It had these before the input was read again.
        task.command("demo", subscribe("n1", 2, ALICE, after(14), channel("vault:1")));

        List<Long> told = new ArrayList<>();
        for (long offset = 10; offset < 20; offset++) {
            told.addAll(live(task.change("demo", offset, inVaultOne(offset))));
        }
        assertThat(told).isEqualTo(LongStream.range(10, 20).boxed().toList());
    }

    @Test
    @DisplayName("P4: the earlier start counts also when it comes second, and after a crash")
    void theEarlierStartCountsAlsoWhenItComesSecond() {
        task.change("demo", 0, inVaultOne(0));
        task.command("demo", subscribe("n1", 1, ALICE, after(9), channel("vault:1")));
        task.command("demo", subscribe("n1", 2, ALICE, after(0), channel("vault:1")));
        task.restart();

        assertThat(live(task.change("demo", 1, inVaultOne(1)))).containsExactly(1L);
    }

    @Test
    @DisplayName("P4: a session that came in a later incarnation of the log takes nothing from one of an earlier")
    void aSessionOfALaterIncarnationTakesNothingFromOneOfAnEarlier() {
        task.change("demo", 0, inVaultOne(0));
        task.command("demo", subscribe("n1", 1, ALICE, after(0), channel("vault:1")));
        long epoch = inVaultOne(1).getEpoch() + 1;
        Change later = Samples.change(epoch, inVaultOne(1).getBody());
        task.change("demo", 1, later);
        task.command("demo", subscribe("n1", 2, ALICE, new Start(epoch, 1L), channel("vault:1")));

        // What the first was told of it got lost.
        task.restart();

        assertThat(live(task.change("demo", 1, later))).containsExactly(1L);
    }

    @Test
    @DisplayName("P2: what came before a revocation is told again when it is read again, and nothing after it")
    void whatCameBeforeARevocationIsToldAgain() {
        Map<String, String> member = Map.of("room_id", "1", "user_id", "\"alice\"", "role", "\"reader\"");
        task.change("demo", 0, inserted(MEMBERS, "1", 1, member));
        task.command("demo", subscribe("n1", 1, ALICE, after(0), channel("room:1")));
        assertThat(live(task.change("demo", 1, message(1)))).containsExactly(1L);
        task.change("demo", 2, deleted(MEMBERS, "1", 3, member));
        task.change("demo", 3, message(3));
        task.idle();

        task.restart();

        assertThat(live(task.change("demo", 1, message(1)))).containsExactly(1L);
        assertThat(task.change("demo", 2, deleted(MEMBERS, "1", 3, member)))
                .extracting(Delivery::getBody)
                .hasAtLeastOneElementOfType(Revoked.class);
        assertThat(live(task.change("demo", 3, message(3)))).isEmpty();
    }

    private static List<Long> live(List<Delivery> deliveries) {
        List<Long> offsets = new ArrayList<>();
        for (Delivery delivery : deliveries) {
            if (delivery.getBody() instanceof Frames frames && frames.getRequest() == null) {
                frames.getFrames().forEach(frame -> offsets.add(frame.getOffset()));
            }
        }
        return offsets;
    }

    private static Change inVaultOne(long offset) {
        return inserted("public.sources", "" + offset, 100 + offset, source((int) offset, 1, "t"));
    }

    private static Change message(long id) {
        return inserted("public.messages", "" + id, 10 + id, Map.of("room_id", "1"));
    }
}
