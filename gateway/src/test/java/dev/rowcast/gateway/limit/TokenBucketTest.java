package dev.rowcast.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private final AtomicLong nanos = new AtomicLong();
    private final TokenBucket bucket = new TokenBucket(10, nanos::get);

    @Test
    @DisplayName("as much as one second brings goes at once, then each with the time")
    void asMuchAsOneSecondBringsGoesAtOnce() {
        assertThat(bucket.take(10).granted()).isTrue();
        TokenBucket.Answer refused = bucket.take(2);
        assertThat(refused).isEqualTo(new TokenBucket.Answer(false, 0, Duration.ofMillis(200), Duration.ofSeconds(1)));
        nanos.addAndGet(refused.retryAfter().toNanos());
        assertThat(bucket.take(2).granted()).isTrue();
        assertThat(bucket.take(1).granted()).isFalse();
    }

    @Test
    @DisplayName("what is larger than the bucket is let in when it is full, and those after it wait for all of it")
    void whatIsLargerThanTheBucketIsLetInWhenItIsFull() {
        assertThat(bucket.take(1).granted()).isTrue();
        assertThat(bucket.take(30).granted()).isFalse();
        nanos.addAndGet(Duration.ofMillis(100).toNanos());
        assertThat(bucket.take(30).granted()).isTrue();
        assertThat(bucket.take(1).retryAfter()).isEqualTo(Duration.ofMillis(2_100));
    }

    @Test
    @DisplayName("whatever comes, no more passes than the rate and one bucket")
    void noMorePassesThanTheRateAndOneBucket() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long passed = 0;
        for (int i = 0; i < 10_000; i++) {
            nanos.addAndGet(random.nextInt(200_000_000));
            int wanted = 1 + random.nextInt(10);
            passed += bucket.take(wanted).granted() ? wanted : 0;
            assertThat(passed).as("seed " + seed).isLessThanOrEqualTo(10 + nanos.get() / 100_000_000 + 1);
        }
    }

    @Test
    @DisplayName("tenants do not share, and a bucket is at least 1")
    void tenantsDoNotShare() {
        TenantBuckets buckets = new TenantBuckets(1, nanos::get);
        assertThat(buckets.of(new TenantId("a")).take(1).granted()).isTrue();
        assertThat(buckets.of(new TenantId("a")).take(1).granted()).isFalse();
        assertThat(buckets.of(new TenantId("b")).take(1).granted()).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TokenBucket(0, nanos::get))
                .withMessage("perSecond must be at least 1, is 0");
    }
}
