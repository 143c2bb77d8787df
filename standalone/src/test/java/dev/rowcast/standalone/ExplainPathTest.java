package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.standalone.CommandLineTest.Result;
import dev.rowcast.standalone.EventStream.Event;
import dev.rowcast.standalone.RunningStack.Running;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Why a change did or did not arrive, through every real part.
@ExtendWith(RunningStack.class)
class ExplainPathTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Running running;
    private String title = "";

    ExplainPathTest(Running running) {
        this.running = running;
    }

    @BeforeEach
    void aTitleThatNoOtherTestUses() {
        title = "Explained " + UUID.randomUUID();
    }

    /// A process that stood still is given its partitions back, and until then says that it has none.
    private Result here(String... arguments) {
        String[] all = Stream.concat(Arrays.stream(arguments), Stream.of("--data=" + running.data()))
                .toArray(String[]::new);
        return await().atMost(PATIENCE)
                .until(() -> CommandLineTest.run(all), result -> !result.err().contains("[NOT_HERE]"));
    }

    /// What alice was told of a change in vault 3.
    private Event changed(EventStream alice) {
        running.sql("update sources set title='%s' where id=(select min(id) from sources where vault_id=3)"
                .formatted(title));
        return alice.await("CHANGE", event -> event.data().contains(title));
    }

    private EventStream follow(String user, int vault) throws Exception {
        return EventStream.open(
                running.at().gateway(), "channel=vault:%d&mode=rows".formatted(vault), "", running.as(user));
    }

    @Test
    @DisplayName("alice got it and nobody who is no member did, and explain says which node, role and row")
    void aliceGotItAndBobDidNot() throws Exception {
        member("alice", 3);
        try (EventStream alice = follow("alice", 3)) {
            alice.await("SUBSCRIBED");
            String tx = changed(alice).json().path("tx").asString("");

            Result seen = here("explain", tx, "--principal", "user:alice");
            Result unseen = here("explain", tx, "--principal", "user:nobody");
            Result anybody = here("explain", tx, "--json");

            assertThat(seen.out())
                    .as(seen.toString())
                    .contains("public.sources", "vault:3", "UPDATE", "tenant", "demo")
                    .containsPattern("✔ delivered to \\S+ for alice through vault:3, as \\S+ \\[DELIVERED]")
                    .contains("by seen in rowcast.deliveries")
                    .doesNotContain(title, "through ,", "does not pass", "()", "offset )");
            assertThat(seen.code()).isZero();
            assertThat(unseen.out())
                    .contains("✖ not delivered: no row of public.vault_members lets nobody into vault:3 [NOT_GRANTED]");
            assertThat(anybody.out()).contains("\"code\" : \"DELIVERED\"").doesNotContain(title);
        }
    }

    @Test
    @DisplayName("who is let in after the change is told when, and who was thrown out before it as well")
    void grantsAreSaidWithTheirTimes() throws Exception {
        String late = "late-" + UUID.randomUUID();
        String gone = "gone-" + UUID.randomUUID();
        member("alice", 3);
        member(gone, 3);
        running.sql("delete from vault_members where vault_id=3 and user_id='%s'".formatted(gone));
        try (EventStream alice = follow("alice", 3)) {
            alice.await("SUBSCRIBED");
            String tx = changed(alice).json().path("tx").asString("");
            member(late, 3);
            title = "Later " + title;
            changed(alice); // so the topology has come past the membership

            assertThat(here("explain", tx, "--principal", "user:" + late).out())
                    .containsPattern("✖ not delivered: " + late
                            + " became a member of vault:3 at 20\\S+Z \\(offset \\d+\\), after the change committed");
            assertThat(here("explain", tx, "--principal", "user:" + gone).out())
                    .containsPattern("the membership of " + gone
                            + " in vault:3 ended at 20\\S+Z \\(offset \\d+\\), before the change committed at 20");
            assertThat(here("who", "demo", "vault:3").out())
                    .contains("MEMBER OF", late, "user:alice", "viewer")
                    .doesNotContain(gone);
        }
    }

    private void member(String user, int vault) {
        running.sql("""
                insert into vault_members (site_id, vault_id, user_id, role) values ('demo', %d, '%s', 'viewer')
                on conflict do nothing""".formatted(vault, user));
    }

    @Test
    void exitCodesSayWhoseFaultItIs() {
        Result wrong = here("explain", "0123456789abcdef-0123456789abcdef-0", "--principal", "alice");
        Result missing = here("explain", "0123456789abcdef-0123456789abcdef-0");
        Result nobody = here("explain", "0123456789abcdef-0123456789abcdef-0", "--processor", "http://127.0.0.1:1");

        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err()).contains("[INVALID_PRINCIPAL]");
        assertThat(missing.code()).isEqualTo(3);
        assertThat(missing.err()).contains("[EVENT_NOT_FOUND]");
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err()).contains("--processor URL [NO_PROCESSOR]");
    }

    @Test
    void whoWithoutATenantListsTheNodes() {
        await().atMost(PATIENCE).untilAsserted(() -> {
            Result result = here("who");
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.out()).contains("PARTITION", "NODE");
            assertThat(result.out().lines()).hasSizeGreaterThanOrEqualTo(9);
        });
    }

    @Test
    @DisplayName("what operators ask is not on the port for clients")
    void whatOperatorsAskIsNotOnThePublicPort() throws Exception {
        for (String path : new String[] {"audience", "audience?tenant=demo", "explain/1", "explain"}) {
            assertThat(get(running.at().gateway(), path).statusCode()).as(path).isEqualTo(404);
        }
        HttpResponse<String> there = await().atMost(PATIENCE)
                .until(
                        () -> get(running.at().management(), "audience?tenant=demo"),
                        answer -> answer.statusCode() == 200);
        assertThat(there.body()).contains("\"members\"").doesNotContain("sk_", "hash");
    }

    @Test
    void errorsAreProblemsWithStableCodes() throws Exception {
        HttpResponse<String> wrong = get(running.at().management(), "audience?tenant=demo&limit=0");

        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.headers().firstValue("content-type").orElse("")).startsWith("application/problem+json");
        assertThat(wrong.body()).contains("\"code\":\"INVALID_PARAMETER\"", "limit must be 1 to 1000, not 0");
    }

    private static HttpResponse<String> get(String base, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(base + "/actuator/" + path))
                                .build(),
                        BodyHandlers.ofString());
    }
}
