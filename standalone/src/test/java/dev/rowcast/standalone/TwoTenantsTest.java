package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.standalone.RunningStack.Running;
import dev.rowcast.standalone.TenantRecords.Owned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Two tenants in one partition whose rows, channels and users have the same names: what is in the rows of one is
/// nowhere near the other, whatever it asks for, through every real part.
class TwoTenantsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> TENANTS = List.of("north", "east");
    /// Has a topic of its own.
    private static final String HIGH_VOLUME = "east";

    private static final String CHANNELS = "channel=room:1&channel=room:2&channel=hall:1&channel=hall:2&channel=yard:1";
    private static final String ENTITIES = "&entity=note:1&entity=note:2&entity=note:3&entity=note:4"
            + "&entity=remark:1&entity=remark:2&entity=list:north,7&entity=list:east,7";
    private static final List<String> MESSAGES = List.of("""
            {"type":"SUBSCRIBE","payload":{"mode":"%s","presence":true%s,"channels":["room:1","room:2","hall:1","yard:1"]}}""", """
            {"type":"SUBSCRIBE","payload":{"mode":"%s"%s,"entityCode":"note","entityIds":["1","2","3","4"]}}""", """
            {"type":"SUBSCRIBE","payload":{"mode":"%s"%s,"entityCode":"list","entityIds":["north,7","east,7"]}}""");

    private static Running running;

    private final long seed = Long.getLong("rowcast.seed", System.nanoTime());
    private final TwoTenantsRows rows = new TwoTenantsRows(TENANTS, this::canary, new SplittableRandom(seed));
    /// What each tenant's clients have been sent.
    private final Map<String, List<Recording>> heard = new HashMap<>();
    /// Ids that occur in one tenant alone.
    private final Map<String, List<Integer>> own = new HashMap<>();

    private int nextId = 1000;

    @BeforeAll
    static void start() {
        running = Running.of(TestFolders.home().resolve("standalone/src/test/resources/two-tenants"));
    }

    @AfterAll
    static void stop() throws Exception {
        running.close();
    }

    private List<Recording> heard(String tenant) {
        return heard.computeIfAbsent(tenant, unseen -> new ArrayList<>());
    }

    private List<Integer> own(String tenant) {
        return own.computeIfAbsent(tenant, unseen -> new ArrayList<>());
    }

    private static String other(String tenant) {
        return TENANTS.get(1 - TENANTS.indexOf(tenant));
    }

    private String canary(String tenant) {
        return "canary-%s-%016x".formatted(tenant, seed);
    }

    @Test
    @DisplayName(
            "P7 T1 T23 SP-25: what is in the rows of one tenant is nowhere near another that has the same names for everything")
    void whatIsInTheRowsOfOneTenantIsNowhereNearTheOther() throws Exception {
        try {
            TENANTS.forEach(tenant -> {
                running.sql("insert into members (tenant, room, who) values ('%s', '1', 'visitor-%s')"
                        .formatted(tenant, canary(tenant)));
            });
            for (String tenant : TENANTS) {
                follow(tenant);
            }
            IntStream.range(0, 60).forEach(i -> running.sql(rows.transaction()));
            for (String tenant : TENANTS) {
                askForWhatIsTheOthers(tenant);
            }
            IntStream.range(0, 30).forEach(i -> running.sql(rows.transaction()));
            for (int round = 0; round < 2; round++) {
                for (String tenant : TENANTS) {
                    rowsOfOneTenantAlone(tenant);
                }
            }
            for (String tenant : TENANTS) {
                String last = "\"" + own(tenant).getLast() + "\"";
                heard(tenant).forEach(recording -> recording.await(last));
                heard(tenant).add(answers(tenant));
            }
            TENANTS.forEach(this::heardNothingOfTheOther);
            topicsKeepThemApart();
        } finally {
            for (List<Recording> recordings : heard.values()) {
                for (Recording recording : recordings) {
                    recording.close();
                }
            }
        }
    }

    private String[] bearer(String user, String tenant) {
        return new String[] {"Authorization", "Bearer " + running.token(user, tenant)};
    }

    private Recording events(String tenant, String user, String query, String... more) throws Exception {
        List<String> headers = new ArrayList<>(List.of(bearer(user, tenant)));
        headers.addAll(List.of(more));
        Recording recording = Recording.events(
                "seed %d: %s of %s with %s %s".formatted(seed, user, tenant, query, List.of(more)),
                running.at().gateway(),
                query,
                headers.toArray(String[]::new));
        heard(tenant).add(recording);
        return recording.await("SUBSCRIBED");
    }

    private Recording socket(String tenant, String mode, String cursor) {
        Recording recording = Recording.socket(
                "seed %d: socket of %s in mode %s".formatted(seed, tenant, mode),
                running.at().gateway(),
                running.token("alice", tenant));
        heard(tenant).add(recording);
        for (String message : MESSAGES) {
            recording.send(message.formatted(mode, cursor.isEmpty() ? "" : ",\"cursor\":\"" + cursor + "\""));
        }
        return recording.await("SUBSCRIBED");
    }

    private void follow(String tenant) throws Exception {
        events(tenant, "alice", CHANNELS + ENTITIES + "&presence=true&mode=rows");
        events(tenant, "alice", CHANNELS + ENTITIES + "&mode=keys");
        events(tenant, "alice", CHANNELS + "&mode=rows&filter=state=eq.open");
        // A member of one of the rooms here, and of the other one in the other tenant.
        events(tenant, "guest", "channel=room:1&channel=room:2&channel=yard:1&mode=rows&presence=true")
                .await("\"code\":\"NOT_FOUND\"");
        socket(tenant, "rows", "");
        socket(tenant, "keys", "");
    }

    private void askForWhatIsTheOthers(String tenant) throws Exception {
        String mine = heard(tenant).getFirst().cursor();
        String theirs = heard(other(tenant)).getFirst().cursor();
        events(tenant, "alice", CHANNELS + ENTITIES + "&mode=rows", "Last-Event-ID", mine)
                .await(canary(tenant));
        events(tenant, "alice", CHANNELS + ENTITIES + "&mode=rows", "Last-Event-ID", theirs)
                .await("\"reason\":\"CURSOR\"");
        socket(tenant, "rows", theirs).await("\"reason\":\"CURSOR\"");
        events(
                tenant,
                "alice",
                CHANNELS + "&mode=rows&tenant=%1$s&tenant_id=%1$s".formatted(other(tenant)),
                "X-Tenant-Id",
                other(tenant));
        Recording changed = socket(tenant, "rows", "")
                .send("{\"type\":\"TOKEN_REFRESH\",\"payload\":{\"token\":\"%s\"}}"
                        .formatted(running.token("alice", other(tenant))));
        changed.await("closed 4501");
        heard(tenant).remove(changed); // the others are awaited
        assertThat(changed.text()).doesNotContain(canary(other(tenant)));
    }

    /// A note, a remark of the other tenant under it, and a last note that every client hears of.
    private void rowsOfOneTenantAlone(String tenant) {
        for (int i = 0; i < 2; i++) {
            int id = nextId++;
            own(tenant).add(id);
            running.sql(rows.note(id, tenant, "1", "open"));
            if (i == 0) {
                running.sql(rows.remark(id, other(tenant), id));
            }
        }
    }

    /// Of the read API, of health and of what operators ask about the tenant.
    private Recording answers(String tenant) throws Exception {
        Recording answers = Recording.empty("seed %d: answers to %s".formatted(seed, tenant));
        for (String path : List.of(
                "note?page=1&limit=100",
                "note?channel=room:1&page=1&limit=100",
                "note/1",
                "note/2",
                "note/3",
                "note/4",
                "note/" + own(other(tenant)).getLast(),
                "list?channel=hall:1&page=1&limit=100",
                "list/north,7",
                "list/east,7",
                "remark/1")) {
            answers.ask(running.at().gateway() + "/v1/entities/" + path, bearer("alice", tenant));
        }
        String audience = running.at().management() + "/actuator/audience?tenant=" + tenant;
        // A topology that stood still has no partition until it is given them again.
        assertThat(Awaitility.await()
                        .atMost(PATIENCE)
                        .until(
                                () -> Recording.empty("audience").ask(audience).text(),
                                text -> text.contains("visitor-" + canary(tenant))))
                .doesNotContain(canary(other(tenant)));
        assertThat(Recording.empty("metrics")
                        .ask(running.at().management() + "/actuator/prometheus")
                        .text())
                .contains("rowcast_")
                .doesNotContain(canary(tenant));
        return answers;
    }

    private void heardNothingOfTheOther(String tenant) {
        String theirs = other(tenant);
        for (Recording recording : heard(tenant)) {
            // Without the rows it is sent no more than events and keys.
            assertThat(recording.text())
                    .as(recording.toString())
                    .contains(recording.toString().contains("keys") ? "\"entityId\":\"" : canary(tenant))
                    .doesNotContain(canary(theirs))
                    .doesNotContain("\"entityId\":\"" + theirs + ",7\"")
                    .doesNotContain(own(theirs).stream()
                            .map(id -> "\"entityId\":\"" + id + "\"")
                            .toList());
        }
    }

    private void topicsKeepThemApart() {
        Map<String, Set<String>> carriers = new HashMap<>();
        for (Owned record : new TenantRecords(running.at()).all(List.of(HIGH_VOLUME))) {
            for (String tenant : TENANTS) {
                if (record.owner().equals(tenant) && record.bytes().contains(canary(tenant))) {
                    carriers.computeIfAbsent(tenant, any -> new HashSet<>()).add(record.topic());
                } else {
                    assertThat(record.bytes())
                            .as("seed %d, %s of '%s'", seed, record.topic(), record.owner())
                            .doesNotContain(canary(tenant));
                }
            }
        }
        for (String tenant : TENANTS) {
            String events = tenant.equals(HIGH_VOLUME) ? "rowcast.events." + tenant : "rowcast.events";
            assertThat(carriers.get(tenant))
                    .as("seed %d, %s", seed, tenant)
                    .containsExactlyInAnyOrder("rowcast.changes", "rowcast.deliveries", "rowcast.evictions", events);
        }
    }
}
