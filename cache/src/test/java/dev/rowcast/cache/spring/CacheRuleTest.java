package dev.rowcast.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rowcast.cache.spring.CacheKeyException.Code;
import dev.rowcast.schemas.tenant.TenantId;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;

class CacheRuleTest {

    private static final UUID ID = UUID.fromString("00000000-0000-0000-0000-000000000001");

    private enum Kind {
        OPEN
    }

    private final CacheRule rule = CacheRule.of("vault:{1}:sources", String.class, () -> new TenantId("demo"));

    @Test
    void aTagHasItsParametersAsTheyStandInRows() {
        assertThat(List.of("a", 5, 5L, true, Kind.OPEN, ID))
                .extracting(parameter -> rule.tag(call("unused", parameter)))
                .containsExactly(
                        "vault:a:sources",
                        "vault:5:sources",
                        "vault:5:sources",
                        "vault:true:sources",
                        "vault:OPEN:sources",
                        "vault:" + ID + ":sources");
    }

    static List<Object> noRowHasInItsTag() {
        return List.of(
                Optional.of("a"),
                List.of("a"),
                new BigDecimal("1.0"),
                1.0,
                Instant.EPOCH,
                new TenantId("a"),
                new Object());
    }

    @ParameterizedTest
    @NullSource
    @MethodSource("noRowHasInItsTag")
    void whatNoRowHasInItsTagIsRefusedForItWouldNeverBeEvicted(@Nullable Object parameter) {
        assertThatExceptionOfType(CacheKeyException.class)
                .isThrownBy(() -> rule.tag(call(7L, parameter)))
                .withMessageContaining("tag 'vault:{1}:sources' needs parameter 1 of 'Reports.find'")
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.PARAMETER_NOT_IN_TAG));
    }

    @Test
    void aParameterThatTheMethodHasNotIsRefused() {
        assertThatExceptionOfType(CacheKeyException.class)
                .isThrownBy(() -> rule.tag(call(7L)))
                .withMessageContaining("needs parameter 1, and 'Reports.find' has 1");
    }

    private static CallKey call(@Nullable Object... parameters) {
        return new CallKey("Reports.find", Arrays.asList(parameters));
    }
}
