package dev.rowcast.streams.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.streams.explain.AskException.Code;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DeskTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    /// Knows nothing but which partition it is.
    private static final PartitionView VIEW = (PartitionView) Proxy.newProxyInstance(
            PartitionView.class.getClassLoader(), new Class<?>[] {PartitionView.class}, (proxy, method, args) -> 4);

    private final Desk desk = new Desk();
    private final Counter counter = desk.open(VIEW);

    private <T> CompletableFuture<T> ask(Question<T> question) {
        int before = counter.size();
        CompletableFuture<T> answer = CompletableFuture.supplyAsync(() -> desk.ask(4, LONG, question));
        await().until(() -> counter.size() > before || answer.isDone());
        return answer;
    }

    @Test
    void theTaskAnswersWhenItHasTime() {
        CompletableFuture<Integer> answer = ask(view -> Optional.of(view.partition()));
        assertThat(answer).isNotDone();

        counter.answer();

        assertThat(answer.join()).isEqualTo(4);
        assertThat(counter.size()).isZero();
    }

    @Test
    void aQuestionGoesOnAtTheNextTurnUntilItIsDone() {
        AtomicInteger turns = new AtomicInteger();
        CompletableFuture<Integer> answer =
                ask(view -> turns.incrementAndGet() < 3 ? Optional.empty() : Optional.of(turns.get()));

        counter.answer();
        counter.answer();
        assertThat(answer).isNotDone();
        counter.answer();

        assertThat(answer.join()).isEqualTo(3);
    }

    @Test
    void aQuestionThatFailsIsNotTheTasksFailure() {
        CompletableFuture<Object> answer = ask(view -> {
            throw new IllegalStateException("mine");
        });

        counter.answer();

        assertThatThrownBy(answer::join).hasRootCauseMessage("mine");
        assertThat(counter.size()).isZero();
    }

    @Test
    void whoWaitsForATaskThatEndsIsToldSo() {
        CompletableFuture<Object> answer = ask(view -> Optional.empty());

        counter.close();

        assertThatThrownBy(answer::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        AskException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_HERE));
        assertThat(desk.partitions()).isEmpty();
        assertThatThrownBy(() -> desk.ask(4, LONG, view -> Optional.of(1)))
                .hasMessageContaining("partition 4 is not processed by this instance");
    }

    @Test
    @DisplayName("a task that begins before the one before it has ended stays")
    void aTaskThatBeginsBeforeTheOtherEndsStays() {
        Counter next = desk.open(VIEW);
        counter.close();

        assertThat(desk.partitions()).containsExactly(4);
        next.close();
        assertThat(desk.partitions()).isEmpty();
    }

    @Test
    void tooManyQuestionsAreRefused() {
        List<CompletableFuture<Object>> asked = new ArrayList<>();
        for (int i = 0; i < Counter.MOST_WAITING; i++) {
            counter.put(view -> Optional.of(1));
        }

        asked.add(CompletableFuture.supplyAsync(() -> desk.ask(4, LONG, view -> Optional.of(1))));

        assertThatThrownBy(asked.getFirst()::join)
                .cause()
                .isInstanceOfSatisfying(
                        AskException.class, e -> assertThat(e.code()).isEqualTo(Code.BUSY));
    }

    @Test
    void whoWaitsTooLongIsToldAndItsQuestionIsDropped() {
        AtomicInteger looks = new AtomicInteger();

        assertThatThrownBy(() -> desk.ask(4, Duration.ofMillis(1), view -> Optional.of(looks.incrementAndGet())))
                .isInstanceOfSatisfying(
                        AskException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_ANSWER));
        counter.answer();

        assertThat(looks).hasValue(0);
        assertThat(counter.size()).isZero();
    }
}
