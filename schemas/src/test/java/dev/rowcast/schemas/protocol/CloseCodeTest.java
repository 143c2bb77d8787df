package dev.rowcast.schemas.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CloseCodeTest {
    @ParameterizedTest
    @EnumSource(CloseCode.class)
    void everyCodeIsInTheApplicationsRangeAndFoundByItsNumber(CloseCode code) {
        assertThat(code.code()).isBetween(4000, 4999);
        assertThat(CloseCode.of(code.code())).contains(code);
    }

    @Test
    void aTerminalCodeTellsTheClientNotToComeBack() {
        assertThat(CloseCode.SLOW_CONSUMER.reconnect()).isTrue();
        assertThat(CloseCode.TOKEN_EXPIRED.reconnect()).isTrue();
        assertThat(CloseCode.AUTH_FAILED.reconnect()).isFalse();
    }

    @Test
    void aCodeOfWebSocketItselfIsNoneOfOurs() {
        assertThat(CloseCode.of(1000)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void whatClosesForGoodIsNotRetryable(ErrorCode code) {
        assertThat(code.closeCode().filter(close -> !close.reconnect()).isPresent() && code.retryable())
                .isFalse();
    }
}
