package dev.rowcast.embedded.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityTest {
    private static final Schema PLAIN = parse("");
    private static final Schema WITH_DEFAULT = parse(",{\"name\":\"b\",\"type\":\"int\",\"default\":0}");
    private static final Schema WITHOUT_DEFAULT = parse(",{\"name\":\"b\",\"type\":\"int\"}");

    private static Schema parse(String more) {
        return AvroText.parse(
                "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"a\",\"type\":\"int\"}" + more + "]}");
    }

    @ParameterizedTest(name = "{0}: add with default {1}, add without {2}, remove without {3}")
    @CsvSource({
        "NONE, true, true, true",
        "BACKWARD, true, false, true",
        "BACKWARD_TRANSITIVE, true, false, true",
        "FORWARD, true, true, false",
        "FORWARD_TRANSITIVE, true, true, false",
        "FULL, true, false, false",
        "FULL_TRANSITIVE, true, false, false"
    })
    void eachLevelAllowsWhatItsNameSays(
            Compatibility level, boolean addWithDefault, boolean addWithout, boolean removeWithout) {
        assertThat(level.check(WITH_DEFAULT, List.of(PLAIN)).isEmpty()).isEqualTo(addWithDefault);
        assertThat(level.check(WITHOUT_DEFAULT, List.of(PLAIN)).isEmpty()).isEqualTo(addWithout);
        assertThat(level.check(PLAIN, List.of(WITHOUT_DEFAULT)).isEmpty()).isEqualTo(removeWithout);
    }

    @ParameterizedTest
    @CsvSource({"BACKWARD, true", "BACKWARD_TRANSITIVE, false", "FULL, true", "FULL_TRANSITIVE, false"})
    void onlyTransitiveLevelsLookBehindTheLast(Compatibility level, boolean allowed) {
        var history = List.of(PLAIN, WITHOUT_DEFAULT);
        assertThat(level.check(WITHOUT_DEFAULT, history).isEmpty()).isEqualTo(allowed);
    }
}
