package dev.rowcast.streams.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.ordering.PositionSerde;
import java.io.File;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.TaskId;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HistoriesTest {

    private static final HistoryLimits LIMITS = new HistoryLimits(4, 100);

    private final KeyValueStore<String, History<String>> store = store(HistorySerde.of(Serdes.String()));
    private Histories<String> histories = new Histories<>(store, LIMITS);

    @Test
    @DisplayName("a restart finds everything again")
    void aRestartFindsEverythingAgain() {
        put("a", 1, "x");
        put("a", 5, "y");

        histories = new Histories<>(store, LIMITS);

        assertThat(histories.asOf("a", at(4)).certain()).contains("x");
        assertThat(histories.asOf("a", at(5)).certain()).contains("y");
        assertThat(histories.asOf("b", at(5))).isEqualTo(new Knowledge.Known<String>(Optional.empty()));
    }

    @Test
    @DisplayName("a value that is gone is forgotten when nobody can ask about it any more, also after a restart")
    void whatIsGoneIsForgotten() {
        put("a", 1, "x");
        put("b", 1, "x");
        gone("a", 10);
        histories = new Histories<>(store, LIMITS);

        assertThat(histories.advance(at(110))).isEmpty();
        assertThat(histories.asOf("a", at(9))).isEqualTo(new Knowledge.Unknown<String>());
        assertThat(histories.advance(at(111))).containsOnlyKeys("a");

        assertThat(store.get("a")).isNull();
        assertThat(histories.asOf("b", at(111)).certain()).contains("x");
    }

    @Test
    @DisplayName("a value that came back is not forgotten")
    void whatCameBackIsNotForgotten() {
        put("a", 1, "x");
        gone("a", 10);
        put("a", 20, "y");

        assertThat(histories.advance(at(200))).isEmpty();
        assertThat(histories.asOf("a", at(200)).certain()).contains("y");
    }

    @Test
    @DisplayName("what a snapshot did not show again is gone at its end, and says so again when that is read again")
    void whatWasNotConfirmedIsGone() {
        put("a", 1, "x");
        put("b", 2, "x");
        put("c", 3, "x");
        gone("c", 4);
        put("a", 12, "x");

        assertThat(histories.removeUnconfirmed(at(10), at(15), key -> true)).containsExactly("b");
        put("b", 20, "y");
        assertThat(histories.removeUnconfirmed(at(10), at(15), key -> true)).containsExactly("b");

        assertThat(histories.asOf("a", at(15)).certain()).contains("x");
        assertThat(histories.asOf("b", at(14)).certain()).contains("x");
        assertThat(histories.asOf("b", at(15)).certain()).isEmpty();
        assertThat(histories.asOf("b", at(20)).certain()).contains("y");
    }

    @Test
    @DisplayName("incarnations of the log keep their order over a restart")
    void incarnationsKeepTheirOrder() {
        KeyValueStore<String, Position> positions = store(PositionSerde.create());
        Epochs epochs = new Epochs(positions);
        epochs.see(new Position(77, 900));
        epochs.see(new Position(5, 3));

        epochs = new Epochs(positions);

        assertThat(epochs.see(new Position(77, 950))).isEqualTo(new Moment(0, 950));
        assertThat(epochs.see(new Position(5, 4))).isEqualTo(new Moment(1, 4));
        assertThat(epochs.at(new Position(6, 4))).isEqualTo(Moment.BEGINNING);
    }

    @Test
    @DisplayName("a snapshot ends what the last one before it began, also after a restart")
    void aSnapshotEndsWhatBegan() {
        KeyValueStore<String, Position> positions = store(PositionSerde.create());
        Epochs epochs = new Epochs(positions);
        Snapshots snapshots = new Snapshots(positions, epochs);
        for (long offset = 10; offset <= 30; offset += 10) {
            Position position = new Position(77, offset);
            snapshots.begin(epochs.see(position), position);
        }

        snapshots = new Snapshots(positions, new Epochs(positions));

        assertThat(snapshots.beganBefore(at(25))).contains(at(20));
        assertThat(snapshots.beganBefore(at(10))).isEmpty();
    }

    private void put(String key, long offset, String value) {
        histories.put(key, at(offset), Optional.of(value));
        histories.advance(at(offset));
    }

    private void gone(String key, long offset) {
        histories.put(key, at(offset), Optional.empty());
        histories.advance(at(offset));
    }

    private static Moment at(long offset) {
        return new Moment(0, offset);
    }

    private static <V> KeyValueStore<String, V> store(Serde<V> values) {
        MockProcessorContext<Object, Object> context =
                new MockProcessorContext<>(new Properties(), new TaskId(0, 0), new File("unused"));
        KeyValueStore<String, V> store = Stores.keyValueStoreBuilder(
                        Stores.inMemoryKeyValueStore("store"), Serdes.String(), values)
                .withCachingDisabled()
                .withLoggingDisabled()
                .build();
        store.init(context.getStateStoreContext(), store);
        return store;
    }
}
