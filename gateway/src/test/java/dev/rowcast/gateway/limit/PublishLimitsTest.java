package dev.rowcast.gateway.limit;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PublishLimitsTest {

    @Test
    @DisplayName("a limit that cannot work is refused by its name and value")
    void aLimitThatCannotWorkIsRefused() {
        PublishLimits limits = PublishLimits.DEFAULTS;
        refused(() -> limits.withEventsPerSecond(0), "publish limit eventsPerSecond must be 1 to 2147483647, is 0");
        refused(() -> limits.withWaiting(0), "publish limit waiting must be 1 to 9223372036854775807, is 0");
        refused(() -> limits.withBatchEvents(10_001), "publish limit batchEvents must be 1 to 10000, is 10001");
        refused(
                () -> limits.withBatchBytes(20 << 20),
                "publish limit batchBytes must be 1024 to 10485760, is 20971520");
        refused(() -> limits.withBytesUnderWay(5), "publish limit bytesUnderWay must be 10485760 to 2147483647, is 5");
        refused(() -> limits.withWrite(Duration.ZERO), "publish limit write in ms must be 100 to 60000, is 0");
    }

    private static void refused(Runnable change, String message) {
        assertThatIllegalArgumentException().isThrownBy(change::run).withMessage(message);
    }
}
