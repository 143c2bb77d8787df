package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.standalone.RunningStack.Running;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// A table whose changes do not come any more, through every real part.
@ExtendWith(RunningStack.class)
@Timeout(180)
class UntoldTableTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BOUND = Duration.ofSeconds(2);
    private static final int ASKED_MEANWHILE = 20;
    private static final Pattern TOTAL = Pattern.compile("\"total\":(\\d+)");

    private final Running running;
    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpRequest files;

    UntoldTableTest(Running running) {
        this.running = running;
        this.files = HttpRequest.newBuilder(URI.create(running.at().gateway() + "/v1/entities/file?channel=vault:1"))
                .headers(running.as("alice"))
                .build();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    @DisplayName(
            "P5: while nobody tells of a table's changes no answer comes from the caches, and then none from before")
    void nothingIsCachedThatNobodyWouldEvict() throws Exception {
        await().atMost(PATIENCE).until(() -> isHit(files()));
        int all = total(files()) + 1;
        running.sql("alter publication rowcast_app drop table files");
        try {
            running.sql("insert into files (site_id, vault_id, name, media_type, size_bytes)"
                    + " values ('demo', 1, 'untold.pdf', 'application/pdf', 1)");
            long committedNanos = System.nanoTime();

            List<String> stale = new ArrayList<>();
            await().atMost(PATIENCE).until(() -> {
                long beganNanos = System.nanoTime();
                HttpResponse<String> answer = files();
                boolean mustHaveIt = beganNanos - committedNanos > BOUND.toNanos();
                if (mustHaveIt && total(answer) < all) {
                    stale.add(answer.body());
                }
                return mustHaveIt && !isHit(answer);
            });
            assertThat(stale).isEmpty();
            for (int i = 0; i < ASKED_MEANWHILE; i++) {
                HttpResponse<String> answer = files();
                assertThat(answer.headers().firstValue("X-Cache")).hasValue("BYPASS");
                assertThat(total(answer)).isEqualTo(all);
            }
        } finally {
            running.sql("alter publication rowcast_app add table files");
        }

        await().atMost(PATIENCE).until(() -> {
            HttpResponse<String> answer = files();
            assertThat(total(answer)).isEqualTo(all);
            return isHit(answer);
        });
    }

    private static int total(HttpResponse<String> answer) {
        Matcher total = TOTAL.matcher(answer.body());
        assertThat(total.find()).as(answer.body()).isTrue();
        return Integer.parseInt(total.group(1));
    }

    private static boolean isHit(HttpResponse<String> answer) {
        return answer.headers().firstValue("X-Cache").orElse("").startsWith("HIT");
    }

    private HttpResponse<String> files() throws Exception {
        HttpResponse<String> answer = client.send(files, BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return answer;
    }
}
