package dev.rowcast.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.protocol.Envelope;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.EntityChange;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What waits for a slow client.
class BacklogTest {

    private static final ByteBufAllocator ALLOC = PooledByteBufAllocator.DEFAULT;

    private final Backlog backlog = new Backlog(Form.WEBSOCKET, Said.CODEC);

    private void change(String entity, Action action, long position) {
        tell(Said.change(entity, action, position, true, true), false, true);
    }

    private int tell(Rendered message, boolean rows, boolean cursored) {
        return backlog.add(Script.empty().then(message, rows, cursored));
    }

    private List<String> all() {
        return Said.texts(backlog.take(ALLOC, Long.MAX_VALUE));
    }

    private static EntityChange only(Envelope envelope) {
        return ((Invalidate) envelope.message()).changes().getFirst();
    }

    @Test
    void theLatestStateStandsForAllThatHappenedToAnEntity() {
        change("1", Action.UPDATE, 1);
        change("2", Action.UPDATE, 2);
        change("1", Action.UPDATE, 3);

        List<Envelope> told = all().stream().map(Said::read).toList();

        assertThat(told).extracting(each -> only(each).entityId()).containsExactly("2", "1");
        assertThat(told.getFirst().cursor()).as("1 was not told before it").isEmpty();
        assertThat(told.getLast().cursor()).contains("3");
        assertThat(told.getLast().tx()).isEmpty();
        assertThat(told.getLast().message())
                .isInstanceOfSatisfying(
                        Invalidate.class, last -> assertThat(last.coalesced()).isTrue());
        assertThat(only(told.getLast()).version()).hasValue(3);
    }

    @Test
    void whatIsToldOnceIsToldAsItIs() {
        change("1", Action.CREATE, 1);
        change("2", Action.DELETE, 2);

        List<Envelope> told = all().stream().map(Said::read).toList();

        assertThat(told).extracting(each -> each.cursor().orElse("")).containsExactly("1", "2");
        assertThat(told).extracting(each -> each.tx().orElse("")).containsExactly("tx-1", "tx-2");
    }

    @Test
    void anEntityThatCameOrCameAgainIsCreatedAndOneThatIsGoneIsDeleted() {
        Map<List<Action>, Action> cases = Map.of(
                List.of(Action.CREATE, Action.UPDATE), Action.CREATE,
                List.of(Action.DELETE, Action.CREATE), Action.CREATE,
                List.of(Action.DELETE, Action.CREATE, Action.UPDATE), Action.CREATE,
                List.of(Action.CREATE, Action.DELETE), Action.DELETE,
                List.of(Action.UPDATE, Action.UPDATE), Action.UPDATE);
        cases.forEach((actions, meaning) -> {
            actions.forEach(action -> change("1", action, 1));
            assertThat(all())
                    .singleElement()
                    .satisfies(
                            text -> assertThat(only(Said.read(text)).action()).isEqualTo(meaning));
        });
    }

    @Test
    void whatHasNoVersionIsNotHiddenByOneThatHas() {
        tell(Said.change("1", Action.CREATE, 1, true, false), false, true);
        change("1", Action.UPDATE, 2);

        assertThat(all()).singleElement().satisfies(text -> {
            assertThat(only(Said.read(text)).version()).isEmpty();
            assertThat(only(Said.read(text)).action()).isEqualTo(Action.CREATE);
        });
    }

    @Test
    void rowsKeepTheirPlaceAndNothingMovesPastAnAnswer() {
        change("1", Action.UPDATE, 1);
        tell(Said.own("answer"), false, false);
        change("1", Action.UPDATE, 2);
        tell(Said.change("2", Action.UPDATE, 3, true, true), true, true);
        tell(Said.change("2", Action.UPDATE, 4, true, true), true, true);

        assertThat(all())
                .satisfiesExactly(
                        text -> assertThat(text).contains("\"version\":1"),
                        text -> assertThat(text).contains("answer"),
                        text -> assertThat(text).contains("\"version\":2"),
                        text -> assertThat(text).contains("\"at\":3"),
                        text -> assertThat(text).contains("\"at\":4"));
    }

    /// Whatever is taken out when: a cursor is told only where everything up to it was, and at the end
    /// every entity was told as it is.
    @Test
    void aCursorIsToldOnlyWhereEverythingBeforeItWas() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int run = 0; run < 300; run++) {
            Map<String, List<Long>> happened = new HashMap<>();
            Map<String, Long> told = new HashMap<>();
            Map<String, Boolean> exists = new HashMap<>();
            Map<String, Boolean> known = new HashMap<>();
            int changes = random.nextInt(1, 60);
            for (long position = 1; position <= changes; position++) {
                String entity = "e" + random.nextInt(6);
                boolean there = exists.getOrDefault(entity, false);
                Action action = !there ? Action.CREATE : random.nextInt(3) == 0 ? Action.DELETE : Action.UPDATE;
                exists.put(entity, action != Action.DELETE);
                happened.computeIfAbsent(entity, unseen -> new ArrayList<>()).add(position);
                boolean endsTransaction = random.nextInt(3) > 0 || position == changes;
                tell(
                        Said.change(entity, action, position, endsTransaction, true),
                        random.nextInt(12) == 0,
                        endsTransaction);
                if (random.nextInt(20) == 0) {
                    tell(Said.own("x"), false, false);
                }
                if (random.nextInt(6) == 0) {
                    read(Said.texts(backlog.take(ALLOC, random.nextInt(1, 600))), happened, told, known);
                }
            }
            while (!backlog.isEmpty()) {
                read(Said.texts(backlog.take(ALLOC, 200)), happened, told, known);
            }
            assertThat(known).isEqualTo(exists);
            happened.forEach((entity, positions) -> assertThat(told.get(entity)).isEqualTo(positions.getLast()));
            assertThat(backlog.bytes()).isZero();
            assertThat(backlog.messages()).isZero();
        }
    }

    private static void read(
            List<String> texts, Map<String, List<Long>> happened, Map<String, Long> told, Map<String, Boolean> known) {
        for (String text : texts) {
            String entity = text.replaceAll(".*\"(?:entityId|row)\":\"(\\w+)\".*", "$1");
            if (text.contains("PONG")) {
                continue;
            }
            long position = Long.parseLong(text.replaceAll(".*\"(?:version|at)\":(\\d+).*", "$1"));
            assertThat(told.getOrDefault(entity, 0L)).isLessThan(position);
            told.put(entity, position);
            known.put(entity, !text.contains("DELETE"));
            if (text.contains("\"cursor\"")) {
                long cursor = Long.parseLong(text.replaceAll(".*\"cursor\":\"(\\d+)\".*", "$1"));
                happened.forEach((each, positions) -> positions.stream()
                        .filter(at -> at <= cursor)
                        .forEach(at -> assertThat(told.getOrDefault(each, 0L))
                                .as("%s of %s before cursor %d", at, each, cursor)
                                .isGreaterThanOrEqualTo(at)));
            }
        }
    }
}
