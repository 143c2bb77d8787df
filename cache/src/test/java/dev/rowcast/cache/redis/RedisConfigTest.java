package dev.rowcast.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConfigTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://host",
                "rediss://user:sample%2Fpassword@host:6380/1",
                "redis-sentinel://sample@host:26379,other:26379/0#caches",
                "redis-cluster://user:sample@host:7000,other:7001",
                "rediss-cluster://host/"
            })
    void oneServerSentinelsAndAClusterCanBeNamed(String url) {
        assertThat(RedisConfig.of(url).isCluster()).isEqualTo(url.contains("-cluster"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host:6379",
                "http://user:sample@host",
                "redis://",
                "redis://user:sam ple@host",
                "redis://user:sample%@host",
                "redis-sentinel://user:sample@host:26379",
                "redis-cluster://user:sample@host:7000/1"
            })
    void anotherAddressIsRefusedAndNotShown(String url) {
        assertThatThrownBy(() -> RedisConfig.of(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("REDIS_URL must be as in redis://")
                .hasMessageNotContaining("sam")
                .hasNoCause();
    }
}
