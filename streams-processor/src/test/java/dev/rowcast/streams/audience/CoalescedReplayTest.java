package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.command;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.entity;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.updated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.protocol.Decoded;
import dev.rowcast.schemas.protocol.Envelope;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ProtocolLimits;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Long replays in keys mode tell the latest of each entity.
class CoalescedReplayTest {

    private static final ProtocolCodec CODEC = new ProtocolCodec(ProtocolLimits.DEFAULTS);
    private static final Target VAULT = channel("vault:1");
    private static final Target SOME = channel("vault:1", "title=eq.a");
    private static final Target ROOM = channel("room:1");
    private static final Principal BOB = new Principal("bob", PrincipalKind.USER);
    private static final JournalLimits SHORT = new JournalLimits(100, 1 << 20, Duration.ofDays(1));

    /// What is told of an entity to a channel.
    private record Told(String entity, String target, Action action, long version, boolean coalesced, long offset) {}

    private RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);
    private long offset;
    private long request;

    static List<Long> seeds() {
        long first = new Random().nextLong();
        return IntStream.range(0, 10).mapToObj(i -> first + i).toList();
    }

    @Test
    @DisplayName("each entity is told once, marked, in the order of the last changes, and the cursor comes at the end")
    void eachEntityIsToldOnceMarkedInTheOrderOfTheLastChanges() {
        attachNode();
        for (int i = 0; i < 600; i++) {
            touch(i % 3);
        }

        List<Delivery> got = replay(-1, true, VAULT);

        assertThat(told(got))
                .containsExactly(
                        new Told("source:0", "vault:1", Action.CREATE, 598, true, 597),
                        new Told("source:1", "vault:1", Action.CREATE, 599, true, 598),
                        new Told("source:2", "vault:1", Action.CREATE, 600, true, 599));
        assertThat(pieces(got))
                .singleElement()
                .satisfies(piece -> assertThat(piece.getCursor()).isNotNull());
        assertThat(got.getLast().getBody()).isInstanceOf(Subscribed.class);
    }

    @Test
    @DisplayName("a short replay, one with rows and one of an entity are told change by change")
    void otherReplaysAreToldChangeByChange() {
        attachNode();
        for (int i = 0; i < CoalescedReplay.LONG + 1; i++) {
            touch(1);
        }

        assertThat(told(replay(0, true, VAULT))).hasSize(CoalescedReplay.LONG).noneMatch(Told::coalesced);
        assertThat(told(replay(-1, false, VAULT)))
                .hasSize(CoalescedReplay.LONG + 1)
                .noneMatch(Told::coalesced);
        assertThat(told(replay(-1, true, VAULT, entity("source:1")))).noneMatch(Told::coalesced);
        assertThat(told(replay(-1, true, VAULT))).singleElement().matches(Told::coalesced);
    }

    @Test
    @DisplayName("events are told each, in their place")
    void eventsAreToldEach() {
        attachNode();
        Target site = channel("site:7");
        for (int i = 0; i < 300; i++) {
            change(inserted(
                    "public.updates",
                    "" + i,
                    offset + 1,
                    Map.of(
                            "site_id", "7",
                            "event_type", "\"content.created\"",
                            "collection", "\"posts\"",
                            "item_id", "\"" + i + "\"")));
        }

        List<Frame> frames = pieces(replay(-1, true, site)).stream()
                .flatMap(piece -> piece.getFrames().stream())
                .toList();

        assertThat(frames)
                .hasSize(300)
                .allSatisfy(frame -> assertThat(frame.getKeys()).contains("CONTENT"));
    }

    @Test
    @DisplayName(
            "whoever was let in only for a part of the time is told change by change, and so are all who ask along")
    void whoeverWasLetInForAPartOfTheTimeIsToldChangeByChange() {
        attachNode();
        member("alice", true);
        for (int i = 0; i < 150; i++) {
            change(inserted("public.messages", "1", offset + 1, Map.of("room_id", "1")));
        }
        member("bob", true);
        for (int i = 0; i < 150; i++) {
            change(inserted("public.messages", "1", offset + 1, Map.of("room_id", "1")));
        }

        assertThat(told(ask(0, true, List.of(BOB), ROOM))).hasSize(300).noneMatch(Told::coalesced);
        assertThat(told(replay(0, true, ROOM))).singleElement().matches(Told::coalesced);
    }

    @Test
    @DisplayName("a crash in the middle begins again and ends with the same")
    void aCrashInTheMiddleBeginsAgain() {
        attachNode();
        for (int i = 0; i < 30_000; i++) {
            touch(i % 7_000);
        }
        List<Delivery> first = new ArrayList<>(task.command(
                "demo", command("n1", 0, new Subscribe(++request, ALICE, List.of(VAULT), after(-1), List.of(), true))));
        assertThat(first).noneMatch(each -> each.getBody() instanceof Subscribed);

        task.restart();
        List<Delivery> got = untilAnswered(List.of());

        assertThat(told(got)).hasSize(7_000).allMatch(Told::coalesced);
        List<Frames> pieces = pieces(got);
        assertThat(pieces.subList(0, pieces.size() - 1)).allMatch(piece -> piece.getCursor() == null);
        assertThat(pieces.getLast().getCursor()).isNotNull();
        assertThat(got.stream()
                        .filter(each -> each.getBody() instanceof Frames)
                        .map(Delivery::getOffset)
                        .distinct())
                .containsExactly(-1L, offset - 1);
    }

    @Test
    @DisplayName("what the journal has not comes from the log, and the two are told together")
    void whatTheJournalHasNotComesFromTheLog() {
        task = new RestartableTask(SHORT);
        attachNode();
        for (int i = 0; i < 3_000; i++) {
            touch(i % 5);
        }

        assertThat(told(replay(-1, true, VAULT))).hasSize(5).allMatch(Told::coalesced);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("P2: wherever a client starts, it ends with what the changes one by one would have told")
    void whereverAClientStartsItEndsWithWhatTheChangesWouldHaveTold(long seed) {
        Random random = new Random(seed);
        task = random.nextBoolean() ? task : new RestartableTask(SHORT);
        attachNode();
        Map<Integer, Map<String, String>> rows = new HashMap<>();
        for (int i = 0; i < 1_500; i++) {
            something(random, rows);
        }

        List<Told> plain = told(replay(-1, false, VAULT, SOME, channel("vault:2")));
        List<Told> coalesced = told(replay(-1, true, VAULT, SOME, channel("vault:2")));

        assertThat(coalesced).as("seed %d", seed).allMatch(Told::coalesced);
        for (int start : new int[] {-1, 0, 10, 400, 1_000, 1_499}) {
            assertThat(known(coalesced, start))
                    .as("seed %d from %d", seed, start)
                    .isEqualTo(known(plain, start));
        }
        assertThat(coalesced.stream().map(told -> told.entity() + told.target()))
                .doesNotHaveDuplicates();
        assertThat(coalesced.stream().map(Told::offset)).isSorted();
        // Nobody is told of a row as changed which it may not have.
        for (int start : new int[] {-1, 400}) {
            Map<String, Boolean> had = had(plain, start);
            coalesced.stream()
                    .filter(told -> told.offset() > start && told.action() == Action.UPDATE)
                    .forEach(told -> assertThat(had.get(told.entity() + told.target()))
                            .as("%s from %d of seed %d", told, start, seed)
                            .isTrue());
        }
    }

    /// What a client ends with that hears this from its start on: of each entity whether it is there, and its version.
    private static Map<String, String> known(List<Told> all, long start) {
        Map<String, String> known = new TreeMap<>();
        all.stream()
                .filter(told -> told.offset() > start)
                .forEach(told -> known.put(
                        told.entity() + " in " + told.target(),
                        (told.action() != Action.DELETE) + " at " + told.version()));
        return known;
    }

    /// Whether the first that is told from the start on is of an entity that was there.
    private static Map<String, Boolean> had(List<Told> plain, long start) {
        Map<String, Boolean> had = new HashMap<>();
        plain.stream()
                .filter(told -> told.offset() > start)
                .forEach(told -> had.putIfAbsent(told.entity() + told.target(), told.action() != Action.CREATE));
        return had;
    }

    private void something(Random random, Map<Integer, Map<String, String>> rows) {
        int id = random.nextInt(40);
        Map<String, String> before = rows.get(id);
        Map<String, String> after = Samples.source(id, 1 + random.nextInt(3), random.nextBoolean() ? "a" : "b");
        if (before == null) {
            change(inserted("public.sources", "" + id, offset + 1, after));
            rows.put(id, after);
        } else if (random.nextInt(4) == 0) {
            change(deleted("public.sources", "" + id, offset + 1, before));
            rows.remove(id);
        } else {
            change(updated("public.sources", "" + id, offset + 1, before, after));
            rows.put(id, after);
        }
    }

    private void attachNode() {
        task.command("demo", attach("n1", 0));
    }

    private void touch(int id) {
        change(inserted("public.sources", "" + id, offset + 1, Samples.source(id, 1, "a")));
    }

    private void member(String user, boolean in) {
        Map<String, String> row =
                Map.of("site_id", "\"demo\"", "room_id", "1", "user_id", '"' + user + '"', "role", "\"editor\"");
        change(
                in
                        ? inserted("public.room_members", user, offset + 1, row)
                        : deleted("public.room_members", user, offset + 1, row));
    }

    private void change(dev.rowcast.schemas.avro.Change change) {
        task.change("demo", offset++, change);
    }

    private List<Delivery> replay(long after, boolean keysOnly, Target... targets) {
        return ask(after, keysOnly, List.of(), targets);
    }

    private List<Delivery> ask(long after, boolean keysOnly, List<Principal> others, Target... targets) {
        return untilAnswered(task.command(
                "demo",
                command("n1", 0, new Subscribe(++request, ALICE, List.of(targets), after(after), others, keysOnly))));
    }

    private List<Delivery> untilAnswered(List<Delivery> begun) {
        List<Delivery> got = new ArrayList<>(begun);
        for (int turn = 0;
                turn < 1_000 && got.stream().noneMatch(each -> each.getBody() instanceof Subscribed);
                turn++) {
            got.addAll(task.idle());
        }
        return got;
    }

    private static List<Frames> pieces(List<Delivery> deliveries) {
        return deliveries.stream()
                .map(Delivery::getBody)
                .filter(Frames.class::isInstance)
                .map(Frames.class::cast)
                .toList();
    }

    private static List<Told> told(List<Delivery> deliveries) {
        return pieces(deliveries).stream()
                .flatMap(piece -> piece.getFrames().stream())
                .flatMap(CoalescedReplayTest::told)
                .toList();
    }

    private static Stream<Told> told(Frame frame) {
        if (!(CODEC.decodeServer(frame.getKeys()) instanceof Decoded.Ok<Envelope> ok)
                || !(ok.message().message() instanceof Invalidate invalidate)) {
            throw new AssertionError(frame.getKeys());
        }
        Map<String, Target> targets = new LinkedHashMap<>();
        frame.getChannels().forEach(name -> targets.put(name, channel(name)));
        frame.getFiltered().forEach(target -> targets.put(target.getName() + "?" + target.getFilter(), target));
        return targets.keySet().stream()
                .map(name -> new Told(
                        frame.getEntity(),
                        name,
                        invalidate.changes().getFirst().action(),
                        invalidate.changes().getFirst().version().orElse(-1),
                        invalidate.coalesced(),
                        frame.getOffset()));
    }
}
