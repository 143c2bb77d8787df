package dev.rowcast.schemas.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LsnTest {

    @Property
    void anLsnReadsBackFromPostgresSpelling(@ForAll long value) {
        assertThat(Lsn.parse(new Lsn(value).toString())).isEqualTo(new Lsn(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "16B3748", "0/", "/1", "0/XYZ", "1/100000000", "-1/1", "0/16B3748/1"})
    void whatIsNoLsnIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> Lsn.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one looks like 0/16B3748");
    }
}
