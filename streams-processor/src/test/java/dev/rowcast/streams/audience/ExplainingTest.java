package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.ANYBODY;
import static dev.rowcast.streams.audience.Samples.EPOCH;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.entity;
import static dev.rowcast.streams.audience.Samples.fromTheBeginning;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.streams.explain.AskException;
import dev.rowcast.streams.explain.AskException.Code;
import dev.rowcast.streams.explain.Audiences;
import dev.rowcast.streams.explain.Audiences.TenantAnswer;
import dev.rowcast.streams.explain.Audiences.Wish;
import dev.rowcast.streams.explain.DeliveryTrail.Looked;
import dev.rowcast.streams.explain.DeliveryTrail.Sighting;
import dev.rowcast.streams.explain.Desk;
import dev.rowcast.streams.explain.Explainer;
import dev.rowcast.streams.explain.Explanation;
import dev.rowcast.streams.explain.Instances;
import dev.rowcast.streams.explain.Verdict;
import dev.rowcast.streams.explain.Verdict.Delivered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Each reason why a change does or does not reach somebody, said by the topology that decided it.
@NeedsParts({Part.KAFKA, Part.REGISTRY})
class ExplainingTest {

    private static final Principal BOB = new Principal("bob", PrincipalKind.USER);
    private static final Target ROOM = channel("room:1");
    private static final String MEMBERS = "public.room_members";
    private static final String SECRET = "not for operators";

    private final TopicSerdes serdes;
    private final Desk desk = new Desk();
    private final List<Delivery> told = new ArrayList<>();
    private RunningTopology topology;
    private long lsn = 100;

    ExplainingTest(Registry registry) {
        serdes = new TopicSerdes(new RegistryClient(registry.url()));
    }

    @BeforeEach
    void start() {
        topology = new RunningTopology(serdes, settings -> settings.withDesk(desk));
        topology.command("demo", attach("n1", 3));
    }

    @AfterEach
    void stop() {
        topology.close();
    }

    @Test
    @DisplayName(
            "a member who is subscribed got it: which node, through what, in which role, and the record that says so")
    void aMemberWhoIsSubscribedGotIt() {
        join("1", "alice", "editor");
        topology.command("demo", subscribe("n1", 1, ALICE, after(0), ROOM));

        Explanation explanation = explain(message("1"), "user:alice");

        assertThat(explanation.verdict().code()).isEqualTo(Verdict.Code.DELIVERED);
        assertThat(explanation.verdict().delivered()).isEqualTo(Delivered.YES);
        assertThat(explanation.verdict().sentence()).isEqualTo("delivered to n1 for alice through room:1, as editor");
        assertThat(explanation.verdict().evidence()).contains("seen in rowcast.deliveries: node n1");
        assertThat(explanation.event().table()).isEqualTo("public.messages");
        assertThat(explanation.channels().getFirst().subscriptions().getFirst().told())
                .isTrue();
        assertThat(Objects.requireNonNull(explanation.principal())
                        .channels()
                        .getFirst()
                        .memberships())
                .singleElement()
                .satisfies(membership -> {
                    assertThat(membership.row()).isEqualTo("1");
                    assertThat(membership.sinceOffset()).isZero();
                    assertThat(membership.since()).isNotNull();
                });
    }

    @Test
    void whoIsNoMemberIsNamedWithTheTableThatWouldLetItIn() {
        join("1", "bob", "editor");
        topology.command("demo", subscribe("n1", 1, BOB, after(0), ROOM));

        Verdict verdict = explain(message("1"), "user:alice").verdict();

        assertThat(verdict.code()).isEqualTo(Verdict.Code.NOT_GRANTED);
        assertThat(verdict.delivered()).isEqualTo(Delivered.NO);
        assertThat(verdict.sentence()).isEqualTo("not delivered: no row of public.room_members lets alice into room:1");
    }

    @Test
    void whoBecameAMemberLaterIsToldWhen() {
        String event = message("1");
        join("1", "alice", "editor");
        topology.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), ROOM));

        Verdict verdict = explain(event, "user:alice").verdict();

        assertThat(verdict.code()).isEqualTo(Verdict.Code.GRANTED_LATER);
        assertThat(verdict.delivered()).isEqualTo(Delivered.NO);
        assertThat(verdict.sentence())
                .startsWith(
                        "not delivered: alice became a member of room:1 at 2026-01-01T00:01:50Z (offset 1), after the")
                .endsWith("committed at 2026-01-01T00:01:40Z");
    }

    @Test
    void whoWasRevokedBeforeIsToldWhen() {
        join("1", "alice", "editor");
        topology.command("demo", subscribe("n1", 1, ALICE, after(0), ROOM));
        leave("1", "alice");

        Verdict verdict = explain(message("1"), "user:alice").verdict();

        assertThat(verdict.code()).isEqualTo(Verdict.Code.REVOKED_BEFORE);
        assertThat(verdict.sentence())
                .contains(
                        "the membership of alice in room:1 ended at 2026-01-01T00:01:50Z (offset 1), before the change");
    }

    @Test
    void whoSubscribedLaterIsToldFromWhereOn() {
        join("1", "alice", "editor");
        String event = message("1");
        topology.command("demo", subscribe("n1", 1, ALICE, after(1), ROOM));

        Verdict verdict = explain(event, "user:alice").verdict();

        assertThat(verdict.code()).isEqualTo(Verdict.Code.SUBSCRIBED_LATER);
        assertThat(verdict.delivered()).as("no node was told").isEqualTo(Delivered.NO);
        assertThat(verdict.sentence()).contains("on node n1 starts after offset 1, and the change is at 1");
    }

    @Test
    @DisplayName("who is not subscribed now may have been when the node was told, and that is said")
    void whoIsNotSubscribedNowMayHaveBeen() {
        join("1", "alice", "editor");
        join("2", "bob", "editor");
        String unheard = message("1");
        assertThat(explain(unheard, "user:alice").verdict())
                .extracting(Verdict::code, Verdict::delivered)
                .containsExactly(Verdict.Code.NOT_SUBSCRIBED, Delivered.NO);

        topology.command("demo", subscribe("n1", 1, BOB, after(2), ROOM));
        String heard = message("1");

        assertThat(explain(heard, "user:alice").verdict())
                .extracting(Verdict::code, Verdict::delivered)
                .containsExactly(Verdict.Code.NOT_SUBSCRIBED, Delivered.UNKNOWN);
    }

    @Test
    void aRowThatDoesNotPassTheFilterIsToldByTheColumnsOfTheFilter() {
        join("1", "alice", "editor");
        topology.command("demo", subscribe("n1", 1, ALICE, after(0), channel("room:1", "state=eq.open")));

        Explanation explanation = explain(
                row(Operation.CREATE, "public.tasks", "5", null, Map.of("room_id", "1", "state", "\"closed\"")),
                "user:alice");

        assertThat(explanation.verdict().code()).isEqualTo(Verdict.Code.FILTERED_OUT);
        assertThat(explanation.verdict().sentence()).contains("the filter of alice on room:1 (on state)");
        assertThat(explanation.toString()).doesNotContain("open", "closed");
    }

    @Test
    void aRowInNoChannelConcernsNobody() {
        assertThat(explain(row(Operation.CREATE, "public.messages", "5", null, Map.of("title", "\"a\"")), null)
                        .verdict()
                        .code())
                .isEqualTo(Verdict.Code.NO_CHANNEL);
    }

    @Test
    void anUpdateOfAnInsertOnlyTableIsToldToNobody() {
        assertThat(explain(
                                row(
                                        Operation.UPDATE,
                                        "public.updates",
                                        "5",
                                        null,
                                        Map.of("site_id", "1", "event_type", "\"content.created\"")),
                                null)
                        .verdict()
                        .code())
                .isEqualTo(Verdict.Code.INSERT_ONLY);
    }

    @Test
    void aRowThatASnapshotReadIsToldToNobody() {
        assertThat(explain(row(Operation.SNAPSHOT, "public.messages", "5", null, Map.of("room_id", "1")), null)
                        .verdict()
                        .code())
                .isEqualTo(Verdict.Code.SNAPSHOT_ROW);
    }

    @Test
    void aRowOfATableThatIsNotInTheCatalogIsToldToNobody() {
        assertThat(explain(join("1", "alice", "editor"), null).verdict().code()).isEqualTo(Verdict.Code.NOT_IN_CATALOG);
    }

    @Test
    void aTableThatWasEmptiedIsAReset() {
        assertThat(explain(row(Operation.TRUNCATE, "public.messages", "", null, null), null)
                        .verdict()
                        .code())
                .isEqualTo(Verdict.Code.RESET_INSTEAD);
    }

    @Test
    void whatMakesNoSenseIsInTheDeadLetters() {
        Explanation explanation = explain(
                row(Operation.UNKNOWN, "public.messages", "5", null, Map.of("title", '"' + SECRET + '"')), null);

        assertThat(explanation.verdict().code()).isEqualTo(Verdict.Code.DEAD_LETTERED);
        assertThat(explanation.verdict().sentence()).contains("rowcast.dead-letters");
    }

    @Test
    void aChangeWaitsForTheEndOfItsTransaction() {
        topology.command("demo", subscribe("n1", 1, ANYBODY, after(-1), channel("board:1")));

        assertThat(explain(row(Operation.CREATE, "public.notes", "5", null, Map.of("board_id", "1"), false), null)
                        .verdict()
                        .code())
                .isEqualTo(Verdict.Code.WAITS_FOR_TRANSACTION);
    }

    @Test
    @DisplayName("a child is in its parent's channel: the parent is named, also when it moved and took the child along")
    void aChildIsInItsParentsChannel() {
        Principal user = ALICE;
        row(Operation.CREATE, "public.sources", "7", null, Map.of("id", "7", "vault_id", "1"));
        topology.command("demo", subscribe("n1", 1, user, after(0), channel("vault:1")));

        Explanation child =
                explain(row(Operation.CREATE, "public.annotations", "5", null, Map.of("source_id", "7")), "user:alice");
        Explanation moved = explain(
                row(
                        Operation.UPDATE,
                        "public.sources",
                        "7",
                        Map.of("id", "7", "vault_id", "1"),
                        Map.of("id", "7", "vault_id", "2")),
                "user:alice");

        assertThat(child.channels().getFirst())
                .extracting(Explanation.Channel::name, Explanation.Channel::through)
                .containsExactly("vault:1", "public.sources 7");
        assertThat(child.verdict().code()).isEqualTo(Verdict.Code.DELIVERED_TO_NODE);
        assertThat(child.verdict().sentence()).contains("only that gateway knows");
        assertThat(moved.channels())
                .filteredOn(each -> each.of().equals("annotation:5"))
                .extracting(Explanation.Channel::name, Explanation.Channel::means, Explanation.Channel::through)
                .containsExactlyInAnyOrder(
                        tuple("vault:1", "DELETE", "public.sources 7"),
                        tuple("vault:2", "CREATE", "public.sources 7"),
                        tuple("entity annotation:5", null, "public.sources 7"));
    }

    @Test
    void whoWatchesTheEntityItselfIsToldThroughAChannelThatIsOpenToIt() {
        join("1", "alice", "editor");
        topology.command("demo", subscribe("n1", 1, ALICE, after(0), entity("message:5")));

        Verdict verdict = explain(message("1"), "user:alice").verdict();

        assertThat(verdict.code()).isEqualTo(Verdict.Code.DELIVERED);
        assertThat(verdict.sentence()).contains("for alice through the entity message:5");
    }

    @Test
    void aKeyThatHasEndedIsToldNothing() {
        join("1", "pk_one", "reader");
        row(Operation.CREATE, "rowcast.api_keys", "pk_one", null, Map.of("id", "\"pk_one\""));
        row(Operation.DELETE, "rowcast.api_keys", "pk_one", Map.of("id", "\"pk_one\""), null);

        assertThat(explain(message("1"), "key:pk_one").verdict().code()).isEqualTo(Verdict.Code.KEY_ENDED);
    }

    @Test
    void aChannelThatIsNotPublicIsClosedToAnonymousPrincipals() {
        assertThat(explain(message("1"), "anonymous").verdict().code()).isEqualTo(Verdict.Code.NOT_OPEN);
    }

    @Test
    void nobodyIsSubscribed() {
        Verdict verdict = explain(message("1"), null).verdict();

        assertThat(verdict.code()).isEqualTo(Verdict.Code.NOBODY_SUBSCRIBED);
        assertThat(verdict.sentence()).isEqualTo("not delivered: nobody is subscribed to room:1, message:5 now");
    }

    @Test
    void anEventThatAnApplicationPublishedIsFoundByItsOwnId() {
        topology.command("demo", subscribe("n1", 1, ALICE, after(-1), channel("site:1")));
        topology.change(
                "demo",
                Samples.change(new PublishedEvent(
                        "order 7 / paid", "order.paid", List.of("site:1"), null, null, null, "{}", Samples.COMMIT_US)));

        Explanation explanation = explain("order 7 / paid", null);

        assertThat(explanation.verdict().code()).isEqualTo(Verdict.Code.DELIVERED);
        assertThat(explanation.event().operation()).isEqualTo("order.paid");
    }

    @Test
    void aTransactionIsFoundByItsOwnId() {
        String event = message("1");

        Explanation explanation = explain(event.substring(0, event.lastIndexOf('-')), null);

        assertThat(explanation.event().id()).isEqualTo(event);
    }

    @Test
    void anEventThatIsNotThereIsSaidWithHowFarTheSearchWent() {
        message("1");

        assertThatThrownBy(() -> explain(new Epoch(EPOCH).eventId(999_999, 0), null))
                .isInstanceOfSatisfying(AskException.class, e -> {
                    assertThat(e.code()).isEqualTo(Code.EVENT_NOT_FOUND);
                    assertThat(e).hasMessageContaining("records of rowcast.changes in the partitions [0]");
                });
    }

    @Test
    void wrongInputIsNamed() {
        assertThatThrownBy(() -> explain(message("1"), "alice")).hasMessageContaining("write user:alice, key:pk_demo");
        assertThatThrownBy(() -> explain(" ", null)).hasMessageContaining("<epoch>-<first LSN>-<index>");
        assertThatThrownBy(() -> explain(message("1"), "key:sk_live_" + SECRET))
                .hasMessageContaining("never by the secret key")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    @DisplayName("of a row its key is shown and its channels, and no value")
    void noValuesAreShown() {
        join("1", "alice", "editor");
        topology.command("demo", subscribe("n1", 1, ALICE, after(0), ROOM));
        topology.command("demo", subscribe("n1", 2, ALICE, after(0), channel("room:1", "title=eq.secret")));

        Explanation explanation = explain(
                row(
                        Operation.UPDATE,
                        "public.messages",
                        "5",
                        Map.of("room_id", "1", "title", "\"before " + SECRET + '"'),
                        Map.of("room_id", "1", "title", "\"after " + SECRET + '"')),
                "user:alice");

        assertThat(explanation.verdict().code()).isEqualTo(Verdict.Code.DELIVERED);
        assertThat(explanation.toString()).doesNotContain(SECRET, "eq.secret");
        assertThat(tenant("demo", everything()).toString()).doesNotContain(SECRET, "eq.secret");
    }

    @Test
    @DisplayName("P7: another tenant's subscribers and members of the same names are in no answer")
    void tenantsDoNotMeet() {
        join("1", "alice", "editor");
        topology.command("demo", subscribe("n1", 1, ALICE, after(0), ROOM));
        topology.change(
                "other", Samples.change(rowChange(Operation.CREATE, MEMBERS, "9", null, member("bob", "owner"), true)));
        topology.command("other", subscribe("n1", 2, BOB, after(1), ROOM));

        String event = message("1");

        assertThat(explain(event, null).toString()).contains("alice").doesNotContain("bob");
        assertThat(tenant("demo", everything()).toString()).contains("alice").doesNotContain("bob");
        assertThat(tenant("other", everything()).toString()).contains("bob").doesNotContain("alice");
    }

    @Test
    void aTenantIsListedWithItsSubscriptionsAndMembersAndNarrowed() {
        join("1", "alice", "editor");
        join("2", "bob", "viewer");
        topology.command("demo", subscribe("n1", 1, ALICE, after(1), ROOM, entity("message:5")));
        topology.command("demo", subscribe("n1", 2, BOB, after(1), ROOM));

        TenantAnswer all = tenant("demo", everything());
        TenantAnswer alices =
                tenant("demo", new Wish(Optional.of("room:1"), Optional.of("user:alice"), Optional.of("n1"), 10));
        TenantAnswer one = tenant("demo", new Wish(Optional.empty(), Optional.empty(), Optional.empty(), 1));

        assertThat(all.complete()).isTrue();
        assertThat(all.subscriptions()).hasSize(3);
        assertThat(all.members())
                .extracting(Audiences.MemberAnswer::principal, Audiences.MemberAnswer::role)
                .containsExactly(tuple("alice", "editor"), tuple("bob", "viewer"));
        assertThat(alices.subscriptions())
                .singleElement()
                .satisfies(each -> assertThat(each.startsAfter()).isEqualTo(1));
        assertThat(alices.members()).hasSize(1);
        assertThat(one.complete()).isFalse();
        assertThat(one.subscriptions()).hasSize(1);
    }

    @Test
    void theOverviewNamesTheNodesAndWhereTheyAre() {
        message("1");

        Audiences.Overview overview = ask(() -> new Audiences(desk, Instances.ALONE).overview());

        assertThat(overview.partitions()).singleElement().satisfies(partition -> {
            assertThat(partition.position()).isZero();
            assertThat(partition.nodes())
                    .singleElement()
                    .satisfies(node -> assertThat(node.home()).isEqualTo(3));
        });
    }

    @Test
    @DisplayName("questions are answered between changes, and each answer is as of one position")
    void questionsAreAnsweredBetweenChanges() {
        join("1", "alice", "editor");
        topology.command("demo", subscribe("n1", 1, ALICE, after(0), ROOM));
        String event = message("1");
        List<CompletableFuture<?>> asked = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            asked.add(CompletableFuture.supplyAsync(
                    () -> new Audiences(key -> 0, desk, Instances.ALONE).tenant("demo", everything())));
        }

        while (!asked.stream().allMatch(CompletableFuture::isDone)) {
            message("1");
            passTime();
        }

        assertThat(asked)
                .allSatisfy(each ->
                        assertThat(((TenantAnswer) each.join()).members()).hasSize(1));
        assertThat(explain(event, "user:alice").verdict().delivered()).isEqualTo(Delivered.YES);
    }

    @Test
    void aTaskThatHasEndedAnswersNobody() {
        String event = message("1");
        topology.close();
        RunningTopology ended = topology;
        topology = new RunningTopology(serdes, settings -> settings); // of another desk

        assertThatThrownBy(() -> new Explainer(Samples.CATALOG, desk, ended.log(), this::look, Instances.ALONE)
                        .explain(event, Optional.empty(), Optional.empty()))
                .isInstanceOfSatisfying(
                        AskException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_HERE));
    }

    private Explanation explain(String event, @Nullable String principal) {
        return ask(() -> new Explainer(Samples.CATALOG, desk, topology.log(), this::look, Instances.ALONE)
                .explain(event, Optional.ofNullable(principal), Optional.empty()));
    }

    private TenantAnswer tenant(String tenant, Wish wish) {
        return ask(() -> new Audiences(key -> 0, desk, Instances.ALONE).tenant(tenant, wish));
    }

    private static Wish everything() {
        return new Wish(Optional.empty(), Optional.empty(), Optional.empty(), 100);
    }

    /// Asks on another thread, while the task's time passes on this one.
    private <T> T ask(Supplier<T> question) {
        told.addAll(topology.deliveries());
        CompletableFuture<T> answer = CompletableFuture.supplyAsync(question);
        while (!answer.isDone()) {
            passTime();
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    /// The node is alive, however long the question takes.
    private void passTime() {
        topology.command("demo", attach("n1", 3));
        topology.passTime(Duration.ofMillis(10));
    }

    /// What the topology told, as a reader of `rowcast.deliveries` finds it.
    private Looked look(int partition, long epoch, long offset, long sinceMs) {
        List<Sighting> found = new ArrayList<>();
        for (Delivery delivery : told) {
            if (delivery.getBody() instanceof Frames frames) {
                frames.getFrames().stream()
                        .filter(frame -> frame.getOffset() == offset)
                        .forEach(frame -> found.add(new Sighting(
                                delivery.getNode(), 3, 0, false, frame.getChannels(), List.of(), Samples.COMMIT_US)));
            }
        }
        return new Looked(told.size(), sinceMs, true, found);
    }

    private String message(String room) {
        return row(Operation.CREATE, "public.messages", "5", null, Map.of("room_id", room, "title", "\"hello\""));
    }

    private String join(String key, String principal, String role) {
        return row(Operation.CREATE, MEMBERS, key, null, member(principal, role));
    }

    private void leave(String key, String principal) {
        row(Operation.DELETE, MEMBERS, key, member(principal, "editor"), null);
    }

    private static Map<String, String> member(String principal, String role) {
        return Map.of("room_id", "1", "user_id", '"' + principal + '"', "role", '"' + role + '"');
    }

    private String row(
            Operation op,
            String table,
            String key,
            @Nullable Map<String, String> before,
            @Nullable Map<String, String> after) {
        return row(op, table, key, before, after, true);
    }

    /// Each is a transaction of its own, ten seconds after the one before.
    private String row(
            Operation op,
            String table,
            String key,
            @Nullable Map<String, String> before,
            @Nullable Map<String, String> after,
            boolean last) {
        RowChange change = rowChange(op, table, key, before, after, last);
        topology.change("demo", Samples.change(change));
        return new Epoch(EPOCH).eventId(change.getTx().getFirstLsn(), 0);
    }

    private RowChange rowChange(
            Operation op,
            String table,
            String key,
            @Nullable Map<String, String> before,
            @Nullable Map<String, String> after,
            boolean last) {
        long at = lsn;
        lsn += 10;
        return new RowChange(
                table,
                op,
                key,
                before,
                after,
                List.of(),
                at,
                new Transaction(at, at, at + 8, Samples.COMMIT_US + at * 1_000_000, 0, last));
    }
}
