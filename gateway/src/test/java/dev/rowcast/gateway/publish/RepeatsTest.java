package dev.rowcast.gateway.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RepeatsTest {

    private static final TenantId ACME = new TenantId("acme");
    private static final byte[] BODY = {1};

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger begun = new AtomicInteger();
    private final Repeats repeats = new Repeats(Duration.ofSeconds(10), nanos::get);

    @Test
    @DisplayName("a request is begun once for its tenant and key, as long as it is remembered")
    void aRequestIsBegunOnce() {
        assertThat(once(ACME, "a")).isEqualTo("job 1");
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(once(ACME, "a")).isEqualTo("job 1");
        assertThat(once(ACME, "b")).isEqualTo("job 2");
        assertThat(once(new TenantId("other"), "a")).isEqualTo("job 3");
        nanos.addAndGet(1);
        assertThat(once(ACME, "a")).isEqualTo("job 4");
    }

    @Test
    @DisplayName("a request that failed is begun again, and one that cannot be begun has failed")
    void aRequestThatFailedIsBegunAgain() {
        CompletableFuture<String> underWay = new CompletableFuture<>();
        var first = repeats.once(ACME, "a", BODY, () -> underWay).orElseThrow();
        var second = repeats.once(ACME, "a", BODY, this::begin).orElseThrow();
        assertThat(second).isSameAs(first).isNotDone();
        underWay.completeExceptionally(new IllegalStateException("Kafka is away"));
        assertThat(first).isCompletedExceptionally();

        var third = repeats.once(ACME, "a", BODY, () -> {
            throw new IllegalStateException("no");
        });
        assertThat(third.orElseThrow()).isCompletedExceptionally();
        assertThat(once(ACME, "a")).isEqualTo("job 1");
    }

    @Test
    @DisplayName("another body under the same key is told apart")
    void anotherBodyUnderTheSameKeyIsToldApart() {
        once(ACME, "a");
        assertThat(repeats.once(ACME, "a", new byte[] {2}, this::begin)).isEmpty();
        assertThat(begun).hasValue(1);
    }

    private String once(TenantId tenant, String key) {
        return repeats.once(tenant, key, BODY, this::begin).orElseThrow().join();
    }

    private CompletableFuture<String> begin() {
        return CompletableFuture.completedFuture("job " + begun.incrementAndGet());
    }
}
