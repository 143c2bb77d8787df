package dev.rowcast.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.gateway.channel.Start;
import dev.rowcast.gateway.channel.Target;
import dev.rowcast.gateway.channel.Upstream.Ask;
import dev.rowcast.gateway.channel.Upstream.Together;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Which requests go together.
class AsksTest {

    private static final long MOMENT = Duration.ofMillis(300).toNanos();

    private final List<Asks.Command> sent = new ArrayList<>();
    private final Set<Target> unwanted = new HashSet<>();
    private final Asks asks = new Asks(new Asks.Sender() {
        @Override
        public boolean wanted(Identity identity, Target target) {
            return !unwanted.contains(target);
        }

        @Override
        public void send(Asks.Command command) {
            sent.add(command);
        }
    });

    private static Ask ask(long number, String tenant, String user, long start, Target... targets) {
        return ask(number, tenant, user, start, false, targets);
    }

    private static Ask ask(long number, String tenant, String user, long start, boolean exact, Target... targets) {
        Identity identity =
                new Identity(new TenantId(tenant), new Principal(Principal.Kind.USER, user), Optional.empty());
        return new Ask(
                number,
                identity,
                List.of(targets),
                new Start(new Epoch(1), start),
                false,
                exact,
                number % 2 == 0,
                "c-" + number);
    }

    private void at(long nanos, Ask... more) {
        for (Ask each : more) {
            asks.add(each, nanos);
        }
        asks.flush(nanos);
    }

    @Test
    void aSingleOneGoesAtOnce() {
        at(0, ask(1, "demo", "alice", 7, Target.channel("room:1")));

        assertThat(sent).singleElement().satisfies(command -> {
            assertThat(command.request()).isEqualTo(1);
            assertThat(command.start()).isEqualTo(7);
            assertThat(command.principals()).hasSize(1);
        });
        assertThat(asks.together(1)).isEqualTo(new Together(List.of(1L), Long.MAX_VALUE));
    }

    @Test
    @DisplayName(
            "what comes while one waits for its answer goes together, from the earliest start, when it is answered")
    void whatComesMeanwhileGoesTogether() {
        Target room = Target.channel("room:1");
        at(0, ask(1, "demo", "alice", 7, room));
        at(1, ask(2, "demo", "bob", 9, room), ask(3, "demo", "alice", 5, room));
        assertThat(sent).hasSize(1);

        asks.answered(1);
        at(2, ask(4, "demo", "bob", 8, room));

        assertThat(sent).hasSize(2);
        assertThat(sent.getLast().request()).isEqualTo(2);
        assertThat(sent.getLast().start()).isEqualTo(5);
        assertThat(sent.getLast().principals()).extracting(Principal::id).containsExactly("bob", "alice");
        assertThat(asks.together(2)).isEqualTo(new Together(List.of(2L, 3L, 4L), 5));
    }

    @Test
    void withoutAnAnswerTheyGoAfterAMoment() {
        Target room = Target.channel("room:1");
        at(0, ask(1, "demo", "alice", 7, room));
        at(1, ask(2, "demo", "bob", 9, room));

        asks.flush(MOMENT);

        assertThat(sent).hasSize(2);
        asks.answered(1); // too late to let anything go
        at(MOMENT + 1, ask(3, "demo", "carol", 9, room));
        assertThat(sent).hasSize(2);
    }

    @Test
    @DisplayName("P8: without answers a crowd asks less and less often, and with one as soon as ever")
    void withoutAnswersACrowdAsksLessOften() {
        Target room = Target.channel("room:1");
        long number = 0;
        for (long ms = 0; ms < 10_000; ms += 50) {
            at(Duration.ofMillis(ms).toNanos(), ask(++number, "demo", "user-" + ms, 7, room));
        }
        assertThat(sent).hasSizeBetween(5, 8);

        long later = Duration.ofSeconds(15).toNanos();
        at(later, ask(++number, "demo", "alice", 7, room));
        asks.answered(sent.getLast().request());
        at(later + 1, ask(++number, "demo", "bob", 7, room));
        int before = sent.size();
        at(later + 2, ask(++number, "demo", "carol", 7, room));
        asks.flush(later + 2 + MOMENT);

        assertThat(sent).hasSize(before + 1);
    }

    @Test
    @DisplayName("P7: tenants, channels, epochs and entities do not go together")
    void whatIsDifferentDoesNotGoTogether() {
        Target room = Target.channel("room:1");
        at(
                0,
                ask(1, "demo", "alice", 7, room),
                ask(2, "other", "alice", 7, room),
                ask(3, "demo", "alice", 7, room, Target.channel("room:2")),
                ask(4, "demo", "alice", 7, Target.entity("source", "1")),
                ask(5, "demo", "alice", 7, Target.entity("source", "1")),
                ask(6, "demo", "alice", 7, true, room),
                ask(7, "demo", "bob", 7, true, room),
                ask(8, "demo", "bob", 8, true, room));

        assertThat(sent).hasSize(7);
        assertThat(asks.together(6).numbers()).containsExactly(6L, 7L);
    }

    @Test
    void whatNobodyWantsAnyMoreIsNotAskedFor() {
        Target room = Target.channel("room:1");
        at(0, ask(1, "demo", "alice", 7, room));
        at(1, ask(2, "demo", "bob", 9, room));
        unwanted.add(room);

        asks.answered(1);
        asks.flush(2);

        assertThat(sent).hasSize(1);
        unwanted.clear();
        at(3, ask(3, "demo", "bob", 9, room));
        assertThat(sent).hasSize(2);
    }

    @Test
    @DisplayName("10,000 that come back at once cost a few commands, each is in one of them, and none starts too late")
    void manyCostAFewCommands() {
        SplittableRandom random = new SplittableRandom(5);
        Target room = Target.channel("room:1");
        List<Ask> all = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            all.add(ask(i, "demo", "user-" + random.nextInt(3_000), random.nextInt(2_500), room));
        }
        long now = 0;
        for (int i = 0; i < all.size(); ) {
            int more = 1 + random.nextInt(400);
            at(++now, all.subList(i, Math.min(all.size(), i + more)).toArray(Ask[]::new));
            i += more;
            if (random.nextInt(5) == 0) {
                asks.answered(sent.getLast().request());
            }
        }
        asks.flush(now + MOMENT);

        assertThat(sent).hasSizeLessThan(80);
        List<Long> numbers = new ArrayList<>();
        for (Asks.Command command : sent) {
            Together together = asks.together(command.request());
            numbers.addAll(together.numbers());
            assertThat(command.principals().size()).isLessThanOrEqualTo(500);
            for (long number : together.numbers()) {
                Ask asked = all.get((int) number);
                assertThat(asked.start().offset()).isGreaterThanOrEqualTo(command.start());
                assertThat(command.principals()).contains(asked.identity().principal());
            }
        }
        assertThat(numbers).doesNotHaveDuplicates().hasSize(all.size());
    }
}
