package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.change;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.fromTheBeginning;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// A task that died before its first commit reads the log from its first record, with stores that are ahead of it.
/// Nothing in the log says then of which epoch it was before; the stored epochs do.
class ReadFromTheFirstRecordTest {

    private final RestartableTask task = new RestartableTask(JournalLimits.DEFAULTS);

    @BeforeEach
    void aNodeListens() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1")));
    }

    @Test
    @DisplayName("P3: nobody is reset where no epoch begins")
    void nobodyIsResetWhereNoEpochBegins() {
        task.change("demo", 0, rowInVault1(1, 0));
        assertThat(bodies(task.change("demo", 1, rowInVault1(2, 1)))).first().isEqualTo(epochReset());

        task.restart();

        assertThat(bodies(task.change("demo", 0, rowInVault1(1, 0))))
                .singleElement()
                .isInstanceOf(Frames.class);
        assertThat(bodies(task.change("demo", 1, rowInVault1(2, 1)))).first().isEqualTo(epochReset());
    }

    @Test
    @DisplayName("P3: everybody is reset again where the log begins with an epoch that was not the first")
    void everybodyIsResetWhereATrimmedLogBeginsWithAnEpoch() {
        task.change("demo", 0, rowInVault1(1, 0));
        task.change("demo", 1, rowInVault1(2, 1));
        task.log().trim(1);

        task.restart();

        assertThat(bodies(task.change("demo", 1, rowInVault1(2, 1)))).first().isEqualTo(epochReset());
    }

    @Test
    @DisplayName(
            "P2, P3: in a log that was made again everybody is reset once more, and who was a member is told again")
    void inALogThatWasMadeAgainItIsToldAgain() {
        task.change("demo", 0, member());
        task.log().recreate();
        task.restart();
        List<Object> first = bodies(task.change("demo", 0, rowInVault1(2, 0)));
        assertThat(first).first().isEqualTo(epochReset());
        assertThat(first).anyMatch(Revoked.class::isInstance);

        task.restart();

        assertThat(bodies(task.change("demo", 0, rowInVault1(2, 0)))).isEqualTo(first);
    }

    private static Reset epochReset() {
        return new Reset(null, null, ResetReason.EPOCH, List.of());
    }

    private static List<Object> bodies(List<Delivery> deliveries) {
        return deliveries.stream().map(Delivery::getBody).toList();
    }

    private static Change member() {
        Map<String, String> member = Map.of("room_id", "1", "user_id", "\"alice\"", "role", "\"owner\"");
        return change(1, row(Operation.CREATE, "public.room_members", "1", null, member, 1_000, true));
    }

    private static Change rowInVault1(long epoch, int offset) {
        return change(
                epoch,
                row(
                        Operation.CREATE,
                        "public.sources",
                        "" + offset,
                        null,
                        source(offset, 1, "t"),
                        1_000L + offset,
                        true));
    }
}
