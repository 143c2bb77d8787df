package dev.rowcast.bench.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.bench.machine.Management;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ParsingTest {

    @Test
    void theNumberOfARowIsFoundInAnyEncoding() {
        assertThat(OpenLoop.number(bytes("{\"title\":\"@@1234@@\"}"))).hasValue(1234);
        assertThat(OpenLoop.number(bytes("\0\0\0\1\2\20@@0@@\2"))).hasValue(0);
        assertThat(OpenLoop.number(bytes("no number @@ here @"))).isEmpty();
        assertThat(OpenLoop.number(bytes(""))).isEmpty();
    }

    @Test
    void aMetricIsSummedOverItsLabelsAndNotMixedWithItsNeighbours() {
        String exposition = """
                # HELP rows about rows
                rows{source="a"} 3.0
                rows{source="b"} 4.5
                rows_total 9.0
                jvm_memory_used_bytes{area="heap",id="Eden"} 1.0E6
                jvm_memory_used_bytes{area="nonheap",id="Meta"} 5.0E6
                """;

        assertThat(Management.sum(exposition, "rows")).isEqualTo(7.5);
        assertThat(Management.sum(exposition, "rows_total")).isEqualTo(9);
        assertThat(Management.sum(exposition, "jvm_memory_used_bytes{area=\"heap\""))
                .isEqualTo(1e6);
        assertThat(Management.sum(exposition, "absent")).isZero();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
