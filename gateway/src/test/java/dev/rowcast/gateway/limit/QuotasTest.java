package dev.rowcast.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("SI-15: a token bucket for bursts, and a sliding window for the quota")
class QuotasTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private long now = 1;

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private int allowed(Quotas quotas, String asker, int times) {
        int allowed = 0;
        for (int i = 0; i < times; i++) {
            if (quotas.ask(asker).allowed()) {
                allowed++;
            }
        }
        return allowed;
    }

    @Test
    void theBucketBoundsWhatComesAtOnceAndTheWindowWhatComesInAMinute() {
        Quotas quotas = new Quotas(new Quota(100, MINUTE, 10), () -> now);

        assertThat(allowed(quotas, "a", 50)).isEqualTo(10);
        int more = 0;
        for (int second = 0; second < 58; second++) {
            pass(Duration.ofSeconds(1));
            more += allowed(quotas, "a", 50);
        }
        assertThat(10 + more).isEqualTo(100);
    }

    @Test
    void oneAskerDoesNotUseUpAnothersQuota() {
        Quotas quotas = new Quotas(new Quota(5, MINUTE, 5), () -> now);

        assertThat(allowed(quotas, "a", 10)).isEqualTo(5);
        assertThat(allowed(quotas, "b", 10)).isEqualTo(5);
    }

    @Test
    void whoIsRefusedAndComesBackWhenItWasToldToIsLetIn() {
        Random random = new Random(seed());
        Quotas quotas = new Quotas(new Quota(20, MINUTE, 7), () -> now);
        for (int i = 0; i < 2_000; i++) {
            Verdict verdict = quotas.ask("a");
            if (!verdict.allowed()) {
                assertThat(verdict.retryAfter()).isPositive().isLessThanOrEqualTo(MINUTE.multipliedBy(2));
                pass(verdict.retryAfter());
                assertThat(quotas.look("a").allowed()).isTrue();
            }
            pass(Duration.ofMillis(random.nextInt(1_500)));
        }
    }

    @Test
    void whateverTheTimingAMinuteNeverSeesMuchMoreThanTheQuota() {
        Random random = new Random(seed());
        int quota = 60;
        Quotas quotas = new Quotas(new Quota(quota, MINUTE, quota), () -> now);
        Deque<Long> granted = new ArrayDeque<>();
        for (int i = 0; i < 20_000; i++) {
            pass(Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 20_000 : 400)));
            if (quotas.ask("a").allowed()) {
                granted.add(now);
            }
            while (!granted.isEmpty() && now - granted.peek() >= MINUTE.toNanos()) {
                granted.poll();
            }
            // The window before counts as if its requests had come evenly, so it may be off by a part of itself.
            assertThat(granted.size()).isLessThanOrEqualTo(quota * 2);
        }
    }

    @Test
    void remainingIsWhatIsLetInRightAfter() {
        Quotas quotas = new Quotas(new Quota(30, MINUTE, 12), () -> now);
        for (int expected = 11; expected >= 0; expected--) {
            assertThat(quotas.ask("a").remaining()).isEqualTo(expected);
        }
        assertThat(quotas.ask("a").remaining()).isZero();
    }

    @Test
    void ofAMillionAskersOnlySoManyAreRemembered() {
        Quotas quotas = new Quotas(new Quota(1, MINUTE, 1), () -> now);
        for (int i = 0; i < 200_000; i++) {
            assertThat(quotas.ask("asker " + i).allowed()).isTrue();
        }
        assertThat(quotas.askers()).isLessThanOrEqualTo(Quotas.MOST_ASKERS);
        assertThat(quotas.ask("asker 199999").allowed()).isFalse();
    }

    @Test
    void aBucketGivesItsBurstAndThenItsRate() {
        Bucket bucket = new Bucket(new Rate(10, 3), now);
        for (int i = 0; i < 3; i++) {
            assertThat(bucket.take(now)).isTrue();
        }
        assertThat(bucket.take(now)).isFalse();
        assertThat(bucket.untilNext(now)).isEqualTo(Duration.ofMillis(100));
        now += TimeUnit.MILLISECONDS.toNanos(100);
        assertThat(bucket.take(now)).isTrue();
        assertThat(bucket.take(now)).isFalse();
    }

    @Test
    void seatsAreAsManyAsThereAreAndComeBack() {
        Seats seats = new Seats();
        assertThat(seats.take("a", 2)).isTrue();
        assertThat(seats.take("a", 2)).isTrue();
        assertThat(seats.take("a", 2)).isFalse();
        assertThat(seats.take("b", 2)).isTrue();
        seats.release("a");
        assertThat(seats.take("a", 2)).isTrue();
        seats.release("a");
        seats.release("a");
        seats.release("b");
        assertThat(seats.size()).isZero();
    }

    @Test
    void aLimitThatCannotBeMeantIsRefusedByNameAndValue() {
        assertThatThrownBy(() -> new Rate(0, 1)).hasMessageContaining("perSecond must be at least 1, is 0");
        assertThatThrownBy(() -> Quota.perMinute(0)).hasMessageContaining("requests must be at least 1, is 0");
        assertThatThrownBy(() -> ConnectionLimits.DEFAULTS.withTenant(0)).hasMessageContaining("connections.tenant");
        assertThatThrownBy(() -> HttpLimits.DEFAULTS.withHeadTime(Duration.ZERO))
                .hasMessageContaining("http.headTime");
    }

    private static long seed() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return seed;
    }
}
