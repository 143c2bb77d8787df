package dev.rowcast.schemas.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class JsonFragmentTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "-0.00",
                "1e400",
                "123456789012345678901234567890.10",
                "\"a\\u0000b\"",
                "{\"a\":1,\"a\":2}",
                " [1 , 2] "
            })
    void aValueKeepsItsText(String json) {
        assertThat(JsonFragment.parse(json).json()).isEqualTo(json);
    }

    @Test
    void lineBreaksBetweenTokensBecomeSpaces() {
        assertThat(JsonFragment.parse("{\r\n \"a\\n\": 1\n}").json()).isEqualTo("{   \"a\\n\": 1 }");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "1 2",
                "{\"a\":1},\"admin\":true",
                "\"open",
                "\"line\nbreak\"",
                "\"bad \\x escape\"",
                "NaN",
                "01",
                "{a:1}",
                "[1",
                "[1}",
                "nul"
            })
    void whatIsNoSingleValueIsRefused(String json) {
        assertThatThrownBy(() -> JsonFragment.parse(json)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aValueThatIsNestedTooDeepIsRefused() {
        String deep = "[".repeat(ProtocolLimits.MAX_ROW_DEPTH) + "]".repeat(ProtocolLimits.MAX_ROW_DEPTH);

        assertThat(JsonFragment.parse(deep).json()).isEqualTo(deep);
        assertThatThrownBy(() -> JsonFragment.parse("[" + deep + "]")).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void anyTextBecomesOneLineThatAnyReaderReadsBack(@ForAll String text) {
        String json = JsonFragment.text(text).json();

        assertThat(json).doesNotContain("\n", "\r", "\u0000");
        assertThat(new JsonMapper().readTree(json).stringValue()).isEqualTo(text);
        assertThat(JsonFragment.parse(json).json()).isEqualTo(json);
    }

    @Property
    void whateverParsesIsOneValue(@ForAll String text) {
        JsonFragment fragment;
        try {
            fragment = JsonFragment.parse(text);
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(new JsonMapper().readTree(fragment.json()).isMissingNode()).isFalse();
    }
}
