package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.ANYBODY;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.detach;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.unsubscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Broadcast;
import dev.rowcast.schemas.avro.Broadcasted;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What a client tells the others of its channel.
class BroadcastTest {

    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant, broadcast: true}
              quiet: {access: tenant}
              board: {access: public, broadcast: true}
              room:
                access: members
                members: {table: public.room_members, channel: room_id, principal: user_id, role: role}
                broadcast: true
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], deliver: [id, vault_id, title]}
            """);

    private static final long SENDER = 17;
    private static final Principal BOB = new Principal("bob", PrincipalKind.USER);
    private static final Principal KEY = new Principal("alice", PrincipalKind.KEY);

    private final RestartableTask task = new RestartableTask(CATALOG, JournalLimits.DEFAULTS);
    private long request;
    private long offset;

    @BeforeEach
    void attachNodes() {
        task.command("demo", attach("n1", 0));
        task.command("demo", attach("n2", 1));
        task.command("other", attach("n3", 2));
    }

    @Test
    @DisplayName("each node where somebody listens is told once, and only the sender's whom to leave out")
    void eachNodeWhereSomebodyListensIsToldOnce() {
        join("demo", "n1", ALICE, channel("vault:1"));
        join("demo", "n1", BOB, channel("vault:1"));
        join("demo", "n2", BOB, channel("vault:1"));
        join("other", "n3", BOB, channel("vault:1"));

        assertThat(said("n1", ALICE, "vault:1"))
                .containsExactlyInAnyOrder(
                        Map.entry("n1", new Broadcasted("vault:1", "alice", "{\"x\":1}", SENDER)),
                        Map.entry("n2", new Broadcasted("vault:1", "alice", "{\"x\":1}", null)));
    }

    @Test
    @DisplayName("a node where all listen with a filter is told too")
    void aNodeWhereAllListenWithAFilterIsToldToo() {
        join("demo", "n1", ALICE, channel("vault:1"));
        join("demo", "n2", BOB, channel("vault:1", "title=eq.x"));

        assertThat(said("n1", ALICE, "vault:1")).extracting(Map.Entry::getKey).containsExactly("n1", "n2");
    }

    @Test
    @DisplayName("keys are not named")
    void keysAreNotNamed() {
        join("demo", "n1", KEY, channel("vault:1"));

        assertThat(said("n1", KEY, "vault:1"))
                .containsExactly(Map.entry("n1", new Broadcasted("vault:1", "", "{\"x\":1}", SENDER)));
    }

    @Test
    @DisplayName("nobody is told what comes from who is anonymous, does not listen, or where the catalog has it off")
    void nobodyIsToldWhatComesFromWhoMayNot() {
        join("demo", "n1", ANYBODY, channel("board:1"));
        join("demo", "n1", ALICE, channel("quiet:1"));
        join("demo", "n2", BOB, channel("vault:1"));

        assertThat(said("n1", ANYBODY, "board:1")).isEmpty();
        assertThat(said("n1", ALICE, "quiet:1")).isEmpty();
        assertThat(said("n1", ALICE, "vault:1")).isEmpty();
        assertThat(said("n1", ALICE, "nothing:1")).isEmpty();
        assertThat(said("n1", ALICE, "vault")).isEmpty();
    }

    @Test
    @DisplayName("in a channel with members only members tell and are told, as of now")
    void inAChannelWithMembersOnlyMembersTellAndAreTold() {
        change(inserted("public.room_members", "1", 5, membership("alice")));
        change(inserted("public.room_members", "2", 6, membership("bob")));
        join("demo", "n1", ALICE, channel("room:1"));
        join("demo", "n2", BOB, channel("room:1"));
        assertThat(said("n1", ALICE, "room:1")).hasSize(2);
        assertThat(said("n1", BOB, "room:1")).isEmpty(); // it is a member, and listens elsewhere

        change(deleted("public.room_members", "2", 7, membership("bob")));

        assertThat(said("n2", BOB, "room:1")).isEmpty();
        assertThat(said("n1", ALICE, "room:1")).extracting(Map.Entry::getKey).containsExactly("n1");
    }

    @Test
    @DisplayName("a key that ended tells nobody anything")
    void aKeyThatEndedTellsNobodyAnything() {
        join("demo", "n1", KEY, channel("vault:1"));
        change(deleted("rowcast.api_keys", "alice", 7, Map.of("id", "\"alice\"", "tenant", "\"demo\"")));

        assertThat(said("n1", KEY, "vault:1")).isEmpty();
    }

    @Test
    @DisplayName("what is older than five seconds is dropped, as after a crash when commands are read again")
    void whatIsOlderThanFiveSecondsIsDropped() {
        join("demo", "n1", ALICE, channel("vault:1"));
        long fresh = -TimeUnit.SECONDS.toMicros(5);

        assertThat(said("n1", fresh, ALICE, "vault:1")).hasSize(1);
        assertThat(said("n1", fresh - 1_000, ALICE, "vault:1")).isEmpty();
    }

    @Test
    @DisplayName("a node that is gone, or listens no more, is not told")
    void aNodeThatIsGoneIsNotTold() {
        join("demo", "n1", ALICE, channel("vault:1"));
        join("demo", "n2", BOB, channel("vault:1"));
        task.command("demo", detach("n2"));
        assertThat(said("n1", ALICE, "vault:1")).hasSize(1);
        assertThat(said("n2", BOB, "vault:1")).isEmpty();

        task.command("demo", unsubscribe("n1", ALICE, channel("vault:1")));
        assertThat(said("n1", ALICE, "vault:1")).isEmpty();
    }

    private List<Map.Entry<String, Object>> said(String node, Principal principal, String channel) {
        return said(node, 0, principal, channel);
    }

    /// @param sentUs the task's clock stands at 0
    private List<Map.Entry<String, Object>> said(String node, long sentUs, Principal principal, String channel) {
        Broadcast broadcast = new Broadcast(SENDER, principal, channel, "{\"x\":1}");
        List<Delivery> deliveries = task.command("demo", new GatewayCommand(node, 0, sentUs, broadcast));
        assertThat(deliveries).allSatisfy(each -> assertThat(each.getTenant()).isEqualTo("demo"));
        return deliveries.stream()
                .map(each -> Map.entry(each.getNode(), each.getBody()))
                .toList();
    }

    private void join(String tenant, String node, Principal principal, Target target) {
        task.command(tenant, subscribe(node, ++request, principal, after(offset - 1), target));
    }

    private void change(dev.rowcast.schemas.avro.Change change) {
        task.change("demo", offset++, change);
    }

    private static Map<String, String> membership(String user) {
        return Map.of("room_id", "1", "user_id", "\"" + user + "\"", "role", "\"reader\"", "site_id", "\"demo\"");
    }
}
