package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.standalone.EventStream.Event;
import dev.rowcast.standalone.RunningStack.Running;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// From a commit to a reader of the event stream, through every real part.
@ExtendWith(RunningStack.class)
class WholePathTest {

    private final Running running;
    private String title = "";

    WholePathTest(Running running) {
        this.running = running;
    }

    @BeforeEach
    void aTitleThatNoOtherTestUses() {
        title = "Hello " + UUID.randomUUID();
    }

    @Test
    @DisplayName("RX-03, RX-16: a changed row is an INVALIDATE that names it and carries no data")
    void aChangedRowIsAnInvalidate() throws Exception {
        try (EventStream client = EventStream.open(running.at().gateway(), "channel=vault:1", "pk_demo")) {
            Event subscribed = client.await("SUBSCRIBED");

            running.sql("update sources set title='%s' where id=1".formatted(title));

            Event invalidate = client.await("INVALIDATE");
            JsonNode change = invalidate.json().path("payload").path("changes").path(0);
            assertThat(subscribed.json().path("payload").path("count").asInt()).isEqualTo(1);
            assertThat(subscribed.id()).isPresent();
            assertThat(invalidate.json().path("payload").path("entityCode").asString())
                    .isEqualTo("source");
            assertThat(change.path("entityId").asString()).isEqualTo("1");
            assertThat(change.path("action").asString()).isEqualTo("UPDATE");
            assertThat(change.path("version").asLong()).isPositive();
            assertThat(invalidate.data()).doesNotContain(title);
            assertThat(invalidate.id())
                    .contains(invalidate.json().path("cursor").asString());
        }
    }

    @Test
    @DisplayName("SY-05: in rows mode a changed row is a CHANGE with the new row, and only the catalog's columns")
    void aChangedRowIsAChangeInRowsMode() throws Exception {
        try (EventStream client = EventStream.open(running.at().gateway(), "channel=vault:1&mode=rows", "pk_demo")) {
            client.await("SUBSCRIBED");

            running.sql("update sources set title='%s' where id=1".formatted(title));

            JsonNode payload = client.await("CHANGE").json().path("payload");
            assertThat(payload.path("eventType").asString()).isEqualTo("UPDATE");
            assertThat(payload.path("new").path("title").asString()).isEqualTo(title);
            assertThat(payload.path("new").propertyNames())
                    .containsExactly("id", "vault_id", "title", "url", "created_at");
            assertThat(payload.path("old").path("title").asString()).isNotEqualTo(title);
        }
    }

    @Test
    @DisplayName("P7: another tenant hears nothing of it, whatever it asks for")
    void anotherTenantHearsNothing() throws Exception {
        try (EventStream other = EventStream.open(
                        running.at().gateway(), "channel=vault:1&channel=vault:9&mode=rows", "pk_other");
                EventStream demo = EventStream.open(running.at().gateway(), "channel=vault:1&mode=rows", "pk_demo")) {
            other.await("SUBSCRIBED");
            demo.await("SUBSCRIBED");

            running.sql("update sources set title='%s' where id=1".formatted(title));
            running.sql("update vaults set title='last %s' where id=9".formatted(title));

            demo.await("CHANGE");
            other.await("INVALIDATE");
            assertThat(other.events()).noneMatch(event -> event.data().contains(title));
            assertThat(other.events())
                    .filteredOn(event -> event.type().equals("INVALIDATE"))
                    .allMatch(event -> event.json()
                            .path("payload")
                            .path("entityCode")
                            .asString()
                            .equals("vault"));
        }
    }

    @Test
    @DisplayName("P3: whoever comes back with its cursor gets what it missed, in order, then what is new")
    void aClientThatComesBackGetsWhatItMissed() throws Exception {
        String cursor;
        try (EventStream client =
                EventStream.open(running.at().gateway(), "channel=vault:2&mode=rows", "", running.as("alice"))) {
            client.await("SUBSCRIBED");
            running.sql("update sources set title='a %s' where id=(select min(id) from sources where vault_id=2)"
                    .formatted(title));
            cursor = client.await("CHANGE").id().orElseThrow();
        }
        running.sql("update sources set title='b %s' where id=(select min(id) from sources where vault_id=2)"
                .formatted(title));
        running.sql("update sources set title='c %s' where id=(select min(id) from sources where vault_id=2)"
                .formatted(title));

        String[] alice = running.as("alice");
        try (EventStream client = EventStream.open(
                running.at().gateway(), "channel=vault:2&mode=rows", "", alice[0], alice[1], "Last-Event-ID", cursor)) {
            client.await("SUBSCRIBED");
            running.sql("update sources set title='d %s' where id=(select min(id) from sources where vault_id=2)"
                    .formatted(title));
            client.await("CHANGE", event -> event.data().contains("d " + title));

            assertThat(client.events())
                    .filteredOn(event -> event.type().equals("CHANGE"))
                    .extracting(event -> event.json()
                            .path("payload")
                            .path("new")
                            .path("title")
                            .asString())
                    .containsExactly("b " + title, "c " + title, "d " + title);
        }
    }

    @Test
    @DisplayName("P6: silence is information: a connection to which nothing happens gets PROGRESS")
    void anIdleConnectionGetsProgress() throws Exception {
        try (EventStream client =
                EventStream.open(running.at().gateway(), "channel=vault:3", "", running.as("alice"))) {
            client.await("SUBSCRIBED");

            // One from before it subscribed, or from before the node was where the answer is, has no cursor.
            Event progress = client.await("PROGRESS", event -> event.id().isPresent());

            assertThat(progress.json().path("payload").path("lsn").asString()).matches("[0-9A-F]+/[0-9A-F]+");
        }
    }

    @Test
    @DisplayName("SP-22: a key that is revoked stops working, and its connections end")
    void aRevokedKeyStopsWorking() throws Exception {
        running.sql("""
                insert into rowcast.api_keys (id, tenant, kind, hash, scopes)
                values ('temporary', 'demo', 'publishable', encode(sha256('pk_temporary'), 'hex'), '{subscribe}')
                on conflict (id) do nothing""");
        org.awaitility.Awaitility.await("the new key works").ignoreExceptions().until(() -> {
            try (EventStream probe = EventStream.open(running.at().gateway(), "channel=vault:1", "pk_temporary")) {
                return probe.status() == 200;
            }
        });
        try (EventStream client =
                EventStream.open(running.at().gateway(), "channel=vault:1&mode=rows", "pk_temporary")) {
            client.await("SUBSCRIBED");

            running.sql("update rowcast.api_keys set revoked_at=now() where id='temporary'");

            client.await("ERROR", event -> event.data().contains("CREDENTIAL_REVOKED"));
            try (EventStream again = EventStream.open(running.at().gateway(), "channel=vault:1", "pk_temporary")) {
                assertThat(again.status()).isEqualTo(401);
            }
        }
    }
}
