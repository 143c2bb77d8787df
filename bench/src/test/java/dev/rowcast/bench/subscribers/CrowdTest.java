package dev.rowcast.bench.subscribers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Against a server that does what a test says, because a good gateway never repeats or mixes anything.
class CrowdTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String SUBSCRIBED = event("{\"type\":\"SUBSCRIBED\",\"payload\":{\"count\":1}}");
    private static final Wish WISH = Wish.of(Transport.SSE, "apikey: pk_1", List.of(new Listening(1, "vault:1", 0)));

    private final Driver driver = new Driver();
    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        server.close();
        driver.close();
    }

    /// Answers each connection by its number, from 1.
    private void answer(Answer answer) {
        answer(answer, false);
    }

    /// @param firstEnds whether the first connection is ended when it is answered
    private void answer(Answer answer, boolean firstEnds) {
        AtomicInteger connections = new AtomicInteger();
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    socket.getInputStream().read(new byte[4096]);
                    int number = connections.incrementAndGet();
                    socket.getOutputStream().write(answer.to(number).getBytes(US_ASCII));
                    if (firstEnds && number == 1) {
                        socket.close();
                    }
                }
            } catch (IOException e) {
                // The test is over.
            }
        });
    }

    private interface Answer {
        String to(int connection);
    }

    private static String stream(String... events) {
        return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + String.join("", events);
    }

    private static String event(String json) {
        return "event: X\ndata: " + json + "\n\n";
    }

    private static String message(long number) {
        return event("{\"type\":\"CONTENT\",\"payload\":{\"data\":\"" + Mark.text(1, number, 0, 40) + "\"}}");
    }

    private Crowd crowd(int clients, boolean comesBack) {
        InetSocketAddress address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
        return new Crowd(driver, address, Collections.nCopies(clients, WISH), comesBack);
    }

    @Test
    @DisplayName("What is lost, what comes again and what comes late is counted over all clients")
    void whatIsWrongIsCounted() throws Exception {
        answer(number -> stream(SUBSCRIBED, message(0), message(3), message(1), message(3), message(4)));
        try (Crowd crowd = crowd(2, false)) {
            crowd.connect(2, SOON);
            crowd.await(10, SOON);

            Counts counts = crowd.counts(channel -> 6);

            assertThat(counts.received()).isEqualTo(10);
            assertThat(counts.lost()).isEqualTo(2 * 2);
            assertThat(counts.twice()).isEqualTo(2);
            assertThat(counts.late()).isEqualTo(2);
            assertThat(counts.isWhole()).isFalse();
        }
    }

    @Test
    @DisplayName("Delays count from when a message was due, and only inside the window")
    void delaysCountInsideTheWindow() throws Exception {
        answer(number -> stream(SUBSCRIBED, message(0)));
        try (Crowd crowd = crowd(1, false)) {
            crowd.window(-1, 1);
            crowd.connect(1, SOON);
            crowd.await(1, SOON);
            assertThat(crowd.counts(channel -> 1).ms(50)).isPositive();
        }
        try (Crowd crowd = crowd(1, false)) {
            crowd.window(1, 2);
            crowd.connect(1, SOON);
            crowd.await(1, SOON);
            assertThat(crowd.counts(channel -> 1).us().getTotalCount()).isZero();
        }
    }

    @Test
    @DisplayName("Who is refused comes again, and when that does not help the first refusal is told")
    void whoIsRefusedComesAgain() throws Exception {
        answer(number -> number == 1 ? "HTTP/1.1 503 Busy\r\n\r\n" : stream(SUBSCRIBED));
        try (Crowd crowd = crowd(1, false)) {
            crowd.connect(1, SOON);
            assertThat(crowd.counts(channel -> 0).retries()).isOne();
        }
        try (Crowd crowd = crowd(1, false)) {
            crowd.connect(1, SOON);
        }
    }

    @Test
    @DisplayName("When nobody gets in, the first refusal is told")
    void theFirstRefusalIsTold() throws Exception {
        answer(number -> "HTTP/1.1 401 Unauthorized\r\n\r\n");
        try (Crowd crowd = crowd(1, false)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> crowd.connect(1, SOON))
                    .withMessageContaining("0 of 1 clients")
                    .withMessageContaining("401");
        }
    }

    @Test
    @DisplayName("Who was subscribed and is cut off comes back where that is wanted")
    void whoIsCutOffComesBack() throws Exception {
        answer(number -> stream(SUBSCRIBED, message(0)), true);
        try (Crowd crowd = crowd(1, true)) {
            crowd.connect(1, SOON);
            crowd.await(2, SOON);

            assertThat(crowd.counts(channel -> 1).reconnects()).isOne();
            assertThat(crowd.connected()).isOne();
        }
    }

    @Test
    @DisplayName("A message says how old it is, unless it does not say when it was made")
    void aMessageSaysHowOldItIs() {
        Stamps stamps = new Stamps();

        assertThat(stamps.delayMs("{\"timestamp\":\"1970-01-01T00:00:01.500Z\"}", 1_750))
                .isEqualTo(OptionalLong.of(250));
        assertThat(stamps.delayMs("{\"timestamp\":\"soon\"}", 1_750)).isEmpty();
        assertThat(stamps.delayMs("{}", 1_750)).isEmpty();
    }
}
