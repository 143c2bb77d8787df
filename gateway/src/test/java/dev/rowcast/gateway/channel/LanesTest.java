package dev.rowcast.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// In which order tenants are written to.
class LanesTest {

    private static final long QUANTUM = 1_000;

    private final Lanes<String> lanes = new Lanes<>(QUANTUM);
    private final List<String> written = new ArrayList<>();

    private void add(String tenant, long cost) {
        lanes.add(tenant, () -> {
            written.add(tenant);
            return cost;
        });
    }

    private void writeAll() {
        while (!lanes.isEmpty()) {
            lanes.turn();
        }
    }

    @Test
    @DisplayName("T30: who has a thousand to write stands one turn before who has one")
    void whoHasMuchStandsOneTurnBeforeWhoHasLittle() {
        for (int i = 0; i < 1_000; i++) {
            add("noisy", 100);
        }
        add("quiet", 100);

        writeAll();

        assertThat(written).hasSize(1_001);
        assertThat(written.indexOf("quiet")).isEqualTo((int) (QUANTUM / 100));
    }

    @Test
    void turnsAreOfTheSameBytesWhateverTheSizesOfTheWrites() {
        for (int i = 0; i < 100; i++) {
            add("long", 5_000);
            add("short", 50);
        }

        for (int i = 0; i < 20; i++) {
            lanes.turn();
        }

        long longBytes = Collections.frequency(written, "long") * 5_000L;
        long shortBytes = Collections.frequency(written, "short") * 50L;
        assertThat(longBytes).isBetween(10 * QUANTUM, 10 * QUANTUM + 5_000);
        assertThat(shortBytes).isEqualTo(100 * 50L);
    }

    @Test
    void eachLaneKeepsItsOrder() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            int number = i;
            lanes.add("a", () -> {
                order.add(number);
                return 300;
            });
            add("b", 300);
        }

        writeAll();

        assertThat(order).isSorted().hasSize(50);
    }

    @Test
    void whatIsAddedWhileItsLaneWritesIsWrittenInALaterTurn() {
        int[] left = {5};
        Lanes.Work again = new Lanes.Work() {
            @Override
            public long write() {
                written.add("again");
                if (--left[0] > 0) {
                    lanes.add("again", this);
                }
                return QUANTUM;
            }
        };
        lanes.add("again", again);
        add("other", 10);

        writeAll();

        assertThat(written).containsExactly("again", "other", "again", "again", "again", "again");
    }

    @Test
    @DisplayName("T30: a write that fails is told so, and neither its tenant's others nor another tenant wait for ever")
    void aWriteThatFailsHoldsNobodyUp() {
        List<Throwable> causes = new ArrayList<>();
        RuntimeException cause = new IllegalStateException("broken");
        lanes.add("a", new Lanes.Work() {
            @Override
            public long write() {
                throw cause;
            }

            @Override
            public void failed(Throwable seen) {
                causes.add(seen);
                add("a", 10);
            }
        });
        add("a", 10);
        add("b", 10);

        writeAll();
        add("a", 10);
        writeAll();

        assertThat(causes).containsExactly(cause);
        assertThat(written).containsExactly("a", "a", "b", "a");
    }
}
