package dev.rowcast.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.limit.Flow;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Who is written to first on an event loop that has more to write than time.
class OutboxTest {

    private static final int PIECE = Flow.DEFAULTS.turnBytes();
    /// So little time that of each haste only one turn goes out.
    private static final long NO_TIME = 0;

    private final Outbox outbox = new Outbox(Flow.DEFAULTS);
    private final List<String> written = new ArrayList<>();

    private void add(Haste haste, String tenant, String what, long size) {
        outbox.add(haste, new TenantId(tenant), () -> {
            written.add(what);
            return size;
        });
    }

    private void storm(int replays) {
        for (int i = 0; i < replays; i++) {
            add(Haste.CATCH_UP, "tenant-" + i % 7, "replay", PIECE);
        }
    }

    @Test
    @DisplayName("G-5 T30: however many replays wait, an answer and a live change go out before the next of them")
    void aStormOfReplaysStarvesNothingLive() {
        storm(10_000);
        outbox.write(NO_TIME);
        assertThat(written).containsExactly("replay");
        written.clear();

        add(Haste.LIVE, "tenant-1", "live", 1_000);
        add(Haste.CONTROL, "tenant-2", "answer", 100);
        outbox.write(NO_TIME);

        assertThat(written).containsExactly("answer", "live", "replay");
    }

    @Test
    @DisplayName("G-5: however much is live, replays go on")
    void whatIsLiveDoesNotStarveReplays() {
        storm(50);
        for (int turn = 0; turn < 50; turn++) {
            for (int i = 0; i < 20; i++) {
                add(Haste.LIVE, "tenant-" + i, "live", PIECE);
            }
            outbox.write(NO_TIME);
        }

        assertThat(written).filteredOn("replay"::equals).hasSize(50);
    }

    @Test
    @DisplayName("G-5: an answer does not wait for a turn at all")
    void anAnswerGoesOutAtOnce() {
        storm(1_000);
        add(Haste.CONTROL, "tenant-1", "answer", 100);
        outbox.writeControl();

        assertThat(written).containsExactly("answer");
    }

    @Test
    @DisplayName("G-5: nothing more is taken from the log while a connection has a whole piece to be written")
    void thereIsNoRoomBehindAWholePiece() {
        assertThat(outbox.hasRoom()).isTrue();
        outbox.filled(1);
        assertThat(outbox.hasRoom()).isFalse();
        outbox.filled(-1);
        assertThat(outbox.hasRoom()).isTrue();
    }
}
