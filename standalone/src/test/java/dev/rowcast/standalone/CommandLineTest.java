package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.standalone.EventStream.Event;
import dev.rowcast.standalone.RunningStack.Running;
import dev.rowcast.standalone.cli.Rowcast;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The verbs, against a stack that runs.
@ExtendWith(RunningStack.class)
class CommandLineTest {

    record Result(int code, String out, String err) {}

    private final Running running;

    CommandLineTest(Running running) {
        this.running = running;
    }

    /// Runs the command in this process.
    static Result run(String... arguments) {
        System.setProperty("rowcast.home", TestFolders.home().toString());
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Rowcast.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
        return new Result(code, out.toString(), err.toString());
    }

    private Result runHere(String... arguments) {
        String[] all = java.util.Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--data=" + running.data();
        return run(all);
    }

    @Test
    void sqlSaysHowManySubscribersGotTheChangeAndHowFast() throws Exception {
        try (EventStream one = EventStream.open(running.at().gateway(), "channel=vault:4", "", running.as("alice"));
                EventStream two =
                        EventStream.open(running.at().gateway(), "channel=vault:4&mode=rows", "", running.as("mira"))) {
            one.await("SUBSCRIBED");
            two.await("SUBSCRIBED");

            Result result = runHere(
                    "sql", "update sources set title='told' where id=(select min(id) from sources where vault_id=4)");

            assertThat(result.code()).isZero();
            assertThat(result.out())
                    .contains("1 row")
                    .contains("2 subscribers got it")
                    .contains("ms after the commit");
        }
    }

    @Test
    void sqlSaysWhenNobodyListens() {
        Result result = runHere(
                "sql", "update sources set title='unheard' where id=(select min(id) from sources where vault_id=7)");

        assertThat(result.out()).contains("No subscriber was listening to it");
    }

    @Test
    void sqlPrintsRowsAndAsksNobodyWhenNothingWasWritten() {
        Result result = runHere("sql", "select id, title from vaults order by id limit 2");

        assertThat(result.code()).isZero();
        assertThat(result.out().lines()).hasSize(3).first().asString().startsWith("id");
    }

    @Test
    void sqlThatIsWrongIsOneLineWithTheDatabasesWords() {
        Result result = runHere("sql", "selec 1");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("syntax error").doesNotContain("\tat ");
    }

    @Test
    @DisplayName("I-12: a backfill sends every row again and notifies nobody")
    void backfillSendsTheRowsAgainAndTellsNobody() throws Exception {
        try (EventStream stream =
                EventStream.open(running.at().gateway(), "channel=vault:5&mode=rows", "", running.as("alice"))) {
            stream.await("SUBSCRIBED");

            Result result = runHere("backfill", "public.sources");
            running.sql("update sources set title='first to be told'"
                    + " where id=(select min(id) from sources where vault_id=5)");

            assertThat(result.code()).as(result.toString()).isZero();
            assertThat(result.out()).containsPattern("✔ public.sources: [1-9][0-9,]* rows in ");
            assertThat(stream.await("CHANGE").data()).contains("first to be told");
            assertThat(stream.events().stream().filter(event -> event.type().equals("CHANGE")))
                    .hasSize(1);
            assertThat(stream.events().stream().filter(event -> event.type().equals("INVALIDATE")))
                    .hasSizeLessThanOrEqualTo(1);
            assertThat(snapshots()).contains("\"table\":\"public.sources\"", "\"state\":\"done\"");
        }
    }

    private String snapshots() throws Exception {
        URI uri = URI.create(running.at().management() + "/actuator/snapshots");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    @DisplayName("T18: a backfill of what the catalog does not name is refused with what there is")
    void backfillOfAnUnknownTableSaysWhichThereAre() {
        Result result = runHere("backfill", "public.sources; drop table sources");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out())
                .contains("✖ refused: the catalog has no table 'public.sources; drop table sources'")
                .contains("public.sources");
    }

    @Test
    void backfillCanBeAskedForWithoutWaitingAndEnded() {
        Result asked = runHere("backfill", "public.vaults", "--no-wait");
        Result ended = runHere("backfill", "public.vaults", "--cancel");
        Result none = runHere("backfill", "public.nothing", "--cancel");

        assertThat(asked.code()).isZero();
        assertThat(asked.out()).containsPattern("Backfill \\d+ of public.vaults is asked for");
        assertThat(ended.out()).contains("public.vaults");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.out()).contains("There is no backfill of public.nothing to end");
    }

    @Test
    void topicsListsEveryTopicWithItsPurpose() {
        Result result = runHere("topics");

        assertThat(result.code()).isZero();
        Topics.all().forEach(topic -> assertThat(result.out()).contains(topic.name(), topic.purpose()));
        assertThat(result.out()).contains("cdc.app.public.sources");
    }

    @Test
    void tailDecodesRawRowsToJson() {
        Result result = runHere("tail", "cdc.app.public.sources", "--from", "earliest", "-n", "3");

        assertThat(result.out().lines()).hasSize(3).allSatisfy(line -> {
            JsonNode record = JsonMapper.shared().readTree(line);
            assertThat(record.path("key").path("id").asLong()).isPositive();
            assertThat(record.path("value").path("after").path("title").asString())
                    .isNotEmpty();
        });
    }

    @Test
    void tailOfATopicThatIsNotThereNamesThoseThatAre() {
        Result result = runHere("tail", "cdc.app.public.source");

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("[NO_TOPIC]", "cdc.app.public.sources");
    }

    @Test
    void aTokenOpensAStreamForItsTenantOnly() throws Exception {
        String token = runHere("token", "--tenant=other", "--sub=bob").out().strip();

        try (EventStream stream =
                EventStream.open(running.at().gateway(), "channel=vault:9", "", "Authorization", "Bearer " + token)) {
            Event subscribed = stream.await("SUBSCRIBED");
            running.sql("update vaults set title='by token' where id=9");

            assertThat(subscribed.json().path("payload").path("count").asInt()).isEqualTo(1);
            stream.await("INVALIDATE");
        }
    }

    @Test
    void doctorFindsNothingWrongWithAFreshStack() {
        // A broker that stood still for a while takes no writes until it is heard of again.
        await().untilAsserted(() -> {
            Result result = runHere("doctor");
            assertThat(result.out()).contains("✔", "All is well.").doesNotContain("✖");
            assertThat(result.code()).isZero();
        });
    }

    @Test
    @DisplayName("a verb that needs a running stack says to run up first")
    void aVerbWithoutAStackSaysToRunUpFirst(@TempDir Path empty) {
        Result result = run("sql", "select 1", "--data=" + empty);

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("./rowcast up", "[NOT_UP]");
    }
}
