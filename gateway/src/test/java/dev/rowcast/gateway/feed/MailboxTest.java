package dev.rowcast.gateway.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MailboxTest {

    private static final int WRITERS = 4;
    private static final int EACH = 20_000;

    @Test
    void whatManyThreadsPutInComesOutOnceAndInTheOrderOfEach() throws Exception {
        Mailbox<Integer> mailbox = new Mailbox<>(1_000);
        List<Thread> writers = IntStream.range(0, WRITERS)
                .mapToObj(writer -> Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < EACH; i++) {
                        while (!mailbox.offer(writer * EACH + i)) {
                            Thread.onSpinWait();
                        }
                    }
                }))
                .toList();

        List<Integer> got = new ArrayList<>();
        while (got.size() < WRITERS * EACH) {
            got.add(mailbox.poll(Duration.ofSeconds(10)).orElseThrow());
        }

        assertThat(mailbox.isEmpty()).isTrue();
        for (int writer = 0; writer < WRITERS; writer++) {
            int number = writer;
            assertThat(got.stream().filter(each -> each / EACH == number))
                    .isSorted()
                    .hasSize(EACH);
        }
        for (Thread writer : writers) {
            writer.join();
        }
    }

    @Test
    void whatIsFullTakesNothingUntilSomethingIsTakenOut() throws InterruptedException {
        Mailbox<String> mailbox = new Mailbox<>(2);

        assertThat(mailbox.offer("a")).isTrue();
        assertThat(mailbox.offer("b")).isTrue();
        assertThat(mailbox.offer("c")).isFalse();
        assertThat(mailbox.poll()).contains("a");
        assertThat(mailbox.offer("d")).isTrue();
        assertThat(mailbox.poll(Duration.ZERO)).contains("b");
        assertThat(mailbox.poll()).contains("d");
        assertThat(mailbox.poll(Duration.ofMillis(1))).isEmpty();
    }
}
