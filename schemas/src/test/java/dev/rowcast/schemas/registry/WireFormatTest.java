package dev.rowcast.schemas.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireFormatTest {

    @Test
    void aHeaderIsAZeroByteAndTheIdInFourBytes() {
        assertThat(WireFormat.header(258)).containsExactly(0, 0, 0, 1, 2);
        assertThat(WireFormat.schemaId(new byte[] {0, 0, 0, 1, 2, 99})).isEqualTo(258);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abcd", "{\"a\":1}"})
    void bytesWithoutAHeaderAreRefused(String text) {
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);

        assertThatThrownBy(() -> WireFormat.schemaId(bytes)).isInstanceOf(SerializationException.class);
    }
}
