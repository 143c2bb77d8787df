package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.standalone.EventStream.Event;
import dev.rowcast.standalone.RunningStack.Running;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The vaults are for their members, through every real part.
@ExtendWith(RunningStack.class)
class MembersPathTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Running running;
    private String title = "";

    MembersPathTest(Running running) {
        this.running = running;
    }

    @BeforeEach
    void aTitleThatNoOtherTestUses() {
        title = "Members " + UUID.randomUUID();
    }

    @AfterEach
    void takeBobBackIn() {
        awaitMember("bob");
    }

    /// As the topology sees it: it hears of a membership later than of a subscription.
    private void awaitMember(String user) {
        member(user);
        Awaitility.await().atMost(PATIENCE).until(() -> {
            try (EventStream probe = follow(user)) {
                return probe.await("SUBSCRIBED").data().contains("\"count\":1");
            }
        });
    }

    private void member(String user) {
        running.sql("""
                insert into vault_members (site_id, vault_id, user_id, role) values ('demo', 2, '%s', 'viewer')
                on conflict do nothing""".formatted(user));
    }

    private EventStream follow(String user, String... more) throws Exception {
        String[] headers = running.as(user);
        String[] all = java.util.stream.Stream.of(headers, more)
                .flatMap(java.util.Arrays::stream)
                .toArray(String[]::new);
        return EventStream.open(running.at().gateway(), "channel=vault:2&mode=rows", "", all);
    }

    private void change(String what) {
        running.sql("update sources set title='%s %s' where id=(select min(id) from sources where vault_id=2)"
                .formatted(what, title));
    }

    @Test
    @DisplayName("P2: who is a member sees the vault; for anybody else, and for a key that is none, it does not exist")
    void whoIsAMemberSeesTheVault() throws Exception {
        try (EventStream alice = follow("alice");
                EventStream nobody = follow("nobody");
                EventStream key =
                        EventStream.open(running.at().gateway(), "channel=vault:2&channel=vault:4711", "pk_demo")) {
            Event rejected = nobody.await("SUBSCRIBED");
            assertThat(alice.await("SUBSCRIBED").data()).contains("\"count\":1");
            assertThat(rejected.data()).contains("\"count\":0", "{\"target\":\"vault:2\",\"code\":\"NOT_FOUND\"}");
            assertThat(key.await("SUBSCRIBED").data())
                    .contains("\"count\":0")
                    .contains("{\"target\":\"vault:2\",\"code\":\"NOT_FOUND\"}")
                    .contains("{\"target\":\"vault:4711\",\"code\":\"NOT_FOUND\"}");

            change("seen");

            alice.await("CHANGE", event -> event.data().contains("seen " + title));
            for (EventStream other : List.of(nobody, key)) {
                assertThat(other.events())
                        .noneMatch(event ->
                                event.type().equals("CHANGE") || event.type().equals("INVALIDATE"));
            }
            assertThat(read("alice", 2)).contains("seen " + title);
            assertThat(read("nobody", 2)).contains("\"data\":[]", "\"total\":0");
            assertThat(read("bob", 3)).contains("\"data\":[]");
        }
    }

    @Test
    @DisplayName("P2: what commits after a revocation never arrives; who is a member again resumes with its cursor")
    void whatCommitsAfterARevocationNeverArrives() throws Exception {
        awaitMember("bob");
        String cursor;
        try (EventStream alice = follow("alice");
                EventStream bob = follow("bob")) {
            alice.await("SUBSCRIBED");
            bob.await("SUBSCRIBED", event -> event.data().contains("\"count\":1"));
            change("before");
            cursor = bob.await("CHANGE", event -> event.data().contains("before " + title))
                    .id()
                    .orElseThrow();

            running.sql("delete from vault_members where vault_id=2 and user_id='bob'");
            change("between");

            assertThat(bob.await("REVOKED").data()).contains("vault:2", "MEMBERSHIP");
            alice.await("CHANGE", event -> event.data().contains("between " + title));
            member("bob");
            change("after");
            alice.await("CHANGE", event -> event.data().contains("after " + title));
            assertThat(bob.events())
                    .noneMatch(event -> event.data().contains("between " + title)
                            || event.data().contains("after " + title));
        }
        try (EventStream bob = follow("bob", "Last-Event-ID", cursor)) {
            bob.await("CHANGE", event -> event.data().contains("after " + title));
            bob.await("SUBSCRIBED", event -> event.data().contains("\"count\":1"));
            // What the row was before "after" is part of that change.
            assertThat(bob.events())
                    .noneMatch(event -> event.json()
                            .path("payload")
                            .path("new")
                            .path("title")
                            .asString("")
                            .contains("between"));
        }
    }

    @Test
    @DisplayName("who asks for it is told how many are there, and hears of who comes, goes and is revoked")
    void whoAsksForItIsToldHowManyAreThere() throws Exception {
        awaitMember("bob");
        try (EventStream alice =
                EventStream.open(running.at().gateway(), "channel=vault:2&presence=true", "", running.as("alice"))) {
            awaitCount(alice, 1);
            try (EventStream bob = follow("bob");
                    EventStream bobAgain = follow("bob")) {
                bob.await("SUBSCRIBED");
                bobAgain.await("SUBSCRIBED");
                awaitCount(alice, 2);
                assertThat(bob.events()).noneMatch(event -> event.type().equals("PRESENCE"));
                alice.events().clear();

                running.sql("delete from vault_members where vault_id=2 and user_id='bob'");
                awaitCount(alice, 1);
            }
            assertThat(alice.events())
                    .filteredOn(event -> event.type().equals("PRESENCE"))
                    .allSatisfy(event -> {
                        assertThat(event.id()).isEmpty();
                        assertThat(event.data()).doesNotContain("alice", "bob", "\"count\":3");
                    });
        }
    }

    private static void awaitCount(EventStream stream, int count) throws Exception {
        stream.await("PRESENCE", event -> event.data().contains("\"count\":" + count));
    }

    private String read(String user, int vault) throws Exception {
        URI list = URI.create(
                running.at().gateway() + "/v1/entities/source?channel=vault:%d&page=1&limit=100".formatted(vault));
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(list).headers(running.as(user)).build(), BodyHandlers.ofString())
                .body();
    }
}
