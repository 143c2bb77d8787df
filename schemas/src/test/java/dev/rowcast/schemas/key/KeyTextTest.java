package dev.rowcast.schemas.key;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyTextTest {

    @Test
    void columnsAreJoinedByCommas() {
        assertThat(KeyText.join(List.of("4", "demo"))).isEqualTo("4,demo");
        assertThat(KeyText.split("4,demo")).containsExactly("4", "demo");
    }

    @Test
    void aCommaInsideOfAColumnSeparatesNothing() {
        assertThat(KeyText.join(List.of("a,b", "c"))).isEqualTo("a~1b,c");
        assertThat(KeyText.join(List.of("a", "b,c"))).isEqualTo("a,b~1c");
        assertThat(KeyText.join(List.of("~1", "", "~"))).isEqualTo("~01,,~0");
    }

    @Test
    void differentKeysHaveDifferentTextsAndComeBack() {
        long seed = Long.getLong("rowcast.seed", System.nanoTime());
        Random random = new Random(seed);
        String[] pieces = {"", ",", "~", "0", "1", "~1", "%2C", "\\", "\"", "\u00e9", "a b"};
        Map<String, List<String>> columnsByText = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            List<String> columns = new ArrayList<>();
            for (int column = 2 + random.nextInt(2); column > 0; column--) {
                StringBuilder text = new StringBuilder();
                for (int piece = random.nextInt(4); piece > 0; piece--) {
                    text.append(pieces[random.nextInt(pieces.length)]);
                }
                columns.add(text.toString());
            }
            String text = KeyText.join(columns);
            assertThat(KeyText.split(text)).as("seed %d", seed).isEqualTo(columns);
            assertThat(columnsByText.getOrDefault(text, columns))
                    .as("seed %d", seed)
                    .isEqualTo(columns);
            columnsByText.put(text, columns);
        }
    }
}
