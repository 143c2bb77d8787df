package dev.rowcast.gateway.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.tenant.TenantId;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class JobCodecTest {

    private static final TenantId ACME = new TenantId("acme");
    private static final Job JOB =
            new Job("000102030405060708090a0b0c0d0e0f", Instant.ofEpochMilli(1_700_000_000_123L), -7, 3, 1L << 40);
    private final JobCodec codec = new JobCodec("a secret of 16 or more");

    @Test
    @DisplayName("a job comes back as it was, on any node of the same secret")
    void aJobComesBackAsItWas() {
        String text = codec.encode(ACME, JOB);
        assertThat(new JobCodec("a secret of 16 or more").decode(ACME, text)).contains(JOB);
        assertThat(text).matches("[A-Za-z0-9_-]{76}");
    }

    @Test
    @DisplayName("a job of another tenant or another secret is none, and neither is one with any character changed")
    void aForgedJobIsNone() {
        String text = codec.encode(ACME, JOB);
        assertThat(codec.decode(new TenantId("acm"), text)).isEmpty();
        assertThat(new JobCodec("another secret of 16").decode(ACME, text)).isEmpty();
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'x' ? 'y' : 'x';
            assertThat(codec.decode(ACME, text.substring(0, i) + other + text.substring(i + 1)))
                    .isEmpty();
        }
        assertThat(codec.decode(ACME, text + "=")).isEmpty();
        assertThat(codec.decode(ACME, "")).isEmpty();
        assertThat(codec.decode(ACME, text.repeat(1_000))).isEmpty();
    }
}
