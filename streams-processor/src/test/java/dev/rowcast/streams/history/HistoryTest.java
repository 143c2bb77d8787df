package dev.rowcast.streams.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private static final HistoryLimits LIMITS = new HistoryLimits(4, 100);

    private History<String> history = History.empty();

    @Test
    @DisplayName("a value holds from its moment until the next one")
    void aValueHoldsUntilTheNext() {
        say(10, "a");
        say(20, "b");
        gone(30);

        assertThat(history.asOf(at(9))).isEqualTo(nothing());
        assertThat(history.asOf(at(10))).isEqualTo(known("a"));
        assertThat(history.asOf(at(19))).isEqualTo(known("a"));
        assertThat(history.asOf(at(20))).isEqualTo(known("b"));
        assertThat(history.asOf(at(30))).isEqualTo(nothing());
        assertThat(history.since(at(25))).contains(at(20));
    }

    @Test
    @DisplayName("reading the same input again gives the same history, and the same answers on the way")
    void readingAgainChangesNothing() {
        say(10, "a");
        say(20, "b");
        gone(30);
        History<String> first = history;

        say(10, "a");
        assertThat(history.asOf(at(15))).isEqualTo(known("a"));
        say(20, "b");
        gone(30);

        assertThat(history).isEqualTo(first);
    }

    @Test
    @DisplayName("over the bound the oldest goes, and what was before is unknown from then on")
    void overTheBoundTheOldestGoes() {
        for (int offset = 1; offset <= 6; offset++) {
            say(offset, "v" + offset);
        }

        assertThat(history.entries()).hasSize(4);
        assertThat(history.asOf(at(2))).isEqualTo(new Knowledge.Unknown<String>());
        assertThat(history.asOf(at(3))).isEqualTo(known("v3"));
    }

    @Test
    @DisplayName("what is over the horizon goes, but for the value that still held there")
    void overTheHorizonTheOldestGoes() {
        say(1, "a");
        say(2, "b");
        say(150, "c");

        assertThat(history.asOf(at(1))).isEqualTo(new Knowledge.Unknown<String>());
        assertThat(history.asOf(at(60))).isEqualTo(known("b"));
    }

    @Test
    @DisplayName("another incarnation of the log comes after the one before, wherever its offsets begin")
    void incarnationsComeOneAfterTheOther() {
        say(90, "a");
        history = history.with(new Moment(1, 5), Optional.of("b"), LIMITS);

        assertThat(history.asOf(at(95))).isEqualTo(known("a"));
        assertThat(history.asOf(new Moment(1, 4))).isEqualTo(known("a"));
        assertThat(history.asOf(new Moment(1, 5))).isEqualTo(known("b"));
    }

    @Test
    @DisplayName("bytes say all of it")
    void bytesSayAllOfIt() {
        for (int offset = 1; offset <= 6; offset++) {
            say(offset, offset == 4 ? "" : "ä" + offset);
        }
        gone(7);
        Serde<History<String>> serde = HistorySerde.of(Serdes.String());

        byte[] bytes = serde.serializer().serialize("t", history);

        assertThat(serde.deserializer().deserialize("t", bytes)).isEqualTo(history);
        assertThat(history.trimmed()).isTrue();
    }

    private void say(long offset, String value) {
        history = history.with(at(offset), Optional.of(value), LIMITS);
    }

    private void gone(long offset) {
        history = history.with(at(offset), Optional.empty(), LIMITS);
    }

    private static Moment at(long offset) {
        return new Moment(0, offset);
    }

    private static Knowledge<String> known(String value) {
        return new Knowledge.Known<>(Optional.of(value));
    }

    private static Knowledge<String> nothing() {
        return new Knowledge.Known<>(Optional.empty());
    }
}
