package dev.rowcast.schemas.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class Sha256Test {

    @Test
    @DisplayName("The example of the standard comes out")
    void theExampleOfTheStandardComesOut() {
        assertThat(Sha256.hex("abc")).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(Sha256.of("abc")).isEqualTo(Sha256.of("abc".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    @DisplayName("Lists that are one text when they are joined differ")
    void listsThatAreOneTextWhenTheyAreJoinedDiffer() {
        assertThat(List.of(
                        List.of("ab", "c"),
                        List.of("a", "bc"),
                        List.of("abc"),
                        List.of("2:ab1:c"),
                        List.of("abc", ""),
                        List.<String>of()))
                .extracting(parts -> new String(Sha256.ofAll(parts), StandardCharsets.ISO_8859_1))
                .doesNotHaveDuplicates();
        assertThat(Sha256.ofAll(List.of("ü"))).isEqualTo(Sha256.of("2:ü"));
    }
}
