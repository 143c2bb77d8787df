package dev.rowcast.cache.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.embedded.Ports;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisInfoTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:sample@127.0.0.1:%d",
                "redis-cluster://user:sample@127.0.0.1:%d",
                "redis-sentinel://sample@127.0.0.1:%d#caches"
            })
    void whyNobodyAnswersIsToldInOneLineAndWithoutTheLogin(String url) {
        RedisConfig config = RedisConfig.of(url.formatted(Ports.free()));

        assertThatThrownBy(() -> RedisInfo.read(config))
                .isInstanceOf(RedisUnavailableException.class)
                .message()
                .contains("Connection refused")
                .hasLineCount(1)
                .doesNotContain("sample");
    }
}
