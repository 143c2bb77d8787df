package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.after;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.watermark;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A change that was lost may have ended a membership. Until the members are read again nobody is one.
class LostChangesTest {

    private static final String MEMBERS = "public.room_members";
    private static final Target ROOM = channel("room:1");

    private final RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);
    private long offset;

    @BeforeEach
    void aliceIsAMemberInTwoTenants() {
        task.command("demo", attach("n1", 0));
        for (String tenant : List.of("demo", "other")) {
            change(tenant, inserted(MEMBERS, "1", 2, member()));
            task.command(tenant, subscribe("n1", 1, ALICE, after(offset - 1), ROOM));
            assertThat(message(tenant)).hasSize(1);
        }
    }

    @Test
    @DisplayName("P2: after a change of a tenant that cannot be read its members are none, and others stay members")
    void afterAnUnreadableChangeTheTenantsMembersAreNone() {
        List<Delivery> told = task.unreadable("demo", offset++);

        assertThat(told)
                .filteredOn(each -> each.getBody() instanceof Revoked)
                .extracting(Delivery::getTenant)
                .containsOnly("demo");
        assertThat(told).last().extracting(Delivery::getBody).isInstanceOf(Reset.class);
        assertThat(message("demo")).isEmpty();
        assertThat(rejected("demo")).containsExactly(ROOM);
        assertThat(message("other")).hasSize(1);
        assertThat(rejected("other")).isEmpty();
    }

    @Test
    @DisplayName("P2: after one whose tenant is not known either nobody of the partition is a member")
    void afterOneOfAnUnknownTenantNobodyIsAMember() {
        task.unreadable("", offset++);

        for (String tenant : List.of("demo", "other")) {
            assertThat(message(tenant)).isEmpty();
            assertThat(rejected(tenant)).containsExactly(ROOM);
        }
    }

    @Test
    @DisplayName("P2: a membership's row without a tenant may have been anybody's")
    void aMembershipOfNoTenantMayHaveBeenAnybodys() {
        task.change("", offset++, Samples.deleted(MEMBERS, "1", 3, member()));

        assertThat(message("demo")).isEmpty();
        assertThat(message("other")).isEmpty();
    }

    @Test
    @DisplayName("P2: a membership that cannot be understood lets nobody in")
    void aMembershipThatCannotBeUnderstoodLetsNobodyIn() {
        change("demo", Samples.updated(MEMBERS, "1", 3, member(), Map.of("room_id", "1", "user_id", "\"\\u00\"")));

        assertThat(message("demo")).isEmpty();
        assertThat(message("other")).hasSize(1);
    }

    @Test
    @DisplayName("P2, P3: a backfill of the members shows who is one, and whoever resumes from before is reset")
    void aBackfillShowsWhoIsAMember() {
        long before = offset - 1;
        task.unreadable("demo", offset++);
        message("demo");

        change("demo", Samples.change(row(Operation.SNAPSHOT, MEMBERS, "1", null, member(), 0, true)));

        List<Delivery> answer = task.command("demo", subscribe("n1", 8, ALICE, after(before), ROOM));
        assertThat(answer)
                .extracting(Delivery::getBody)
                .filteredOn(Reset.class::isInstance)
                .extracting(each -> ((Reset) each).getReason())
                .containsExactly(ResetReason.SCHEMA);
        assertThat(((Subscribed) answer.getLast().getBody()).getRejected()).isEmpty();
        assertThat(message("demo")).hasSize(1);
    }

    @Test
    @DisplayName("P2: when the log has lost what was not processed nobody is a member")
    void whenTheLogHasLostSomethingNobodyIsAMember() {
        task.commit();
        long lost = offset + 5;
        task.log().trim(lost);
        task.log().put(lost, "demo", new dev.rowcast.streams.deadletter.Incoming.Unreadable("any", new byte[0]));
        task.restart();
        offset = lost + 1;

        List<Delivery> told = change("demo", watermark(9));

        assertThat(told)
                .extracting(Delivery::getBody)
                .anyMatch(Revoked.class::isInstance)
                .anyMatch(Reset.class::isInstance);
        for (String tenant : List.of("demo", "other")) {
            assertThat(message(tenant)).isEmpty();
            assertThat(rejected(tenant)).containsExactly(ROOM);
        }
    }

    private List<Target> rejected(String tenant) {
        return ((Subscribed) task.command(tenant, subscribe("n1", 7, ALICE, after(offset - 1), ROOM))
                        .getLast()
                        .getBody())
                .getRejected();
    }

    private List<Delivery> message(String tenant) {
        return change(tenant, inserted("public.messages", "" + offset, 10 + offset, Map.of("room_id", "1")));
    }

    private static Map<String, String> member() {
        return Map.of("room_id", "1", "user_id", "\"alice\"", "role", "\"reader\"");
    }

    private List<Delivery> change(String tenant, Change change) {
        return task.change(tenant, offset++, change);
    }
}
