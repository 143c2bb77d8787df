package dev.rowcast.schemas.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("T16: nothing in an event can forge another field or event")
class SseFrameTest {
    private record Parsed(String event, String id, String data) {}

    @Provide
    Arbitrary<String> hostile() {
        return Arbitraries.strings()
                .withChars("\r\n\u0000\u2028\u2029\u0085 :abeidt")
                .ofMaxLength(30)
                .map(text ->
                        text.replace("e", "event: x").replace("d", "data: y").replace("i", "id: z"));
    }

    @Property
    void aClientParsesExactlyWhatWasSent(
            @ForAll("hostile") String event, @ForAll("hostile") String id, @ForAll("hostile") String data) {
        boolean impossible = (event + id).chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0);

        if (impossible) {
            assertThatThrownBy(() -> new SseFrame(event, Optional.of(id), data))
                    .isInstanceOf(IllegalArgumentException.class);
        } else {
            String expected = data.replace('\r', ' ').replace('\n', ' ');
            String text = new SseFrame(event, Optional.of(id), data).text();
            assertThat(parse(text)).containsExactly(new Parsed(event, id, expected));
        }
    }

    @Property
    void aCommentIsNoEvent(@ForAll("hostile") String text) {
        boolean impossible = text.chars().anyMatch(c -> c == '\n' || c == '\r' || c == 0);

        if (impossible) {
            assertThatThrownBy(() -> SseFrame.comment(text)).isInstanceOf(IllegalArgumentException.class);
        } else {
            assertThat(parse(SseFrame.comment(text))).isEmpty();
        }
    }

    @Test
    void aMessageBecomesAnEventOfItsType() {
        SseFrame frame = SseFrame.of("{\"type\":\"PONG\"}", Optional.of("c1"));

        assertThat(frame.text()).isEqualTo("event: PONG\nid: c1\ndata: {\"type\":\"PONG\"}\n\n");
    }

    @Test
    void anEventInsideATransactionHasNoId() {
        assertThat(SseFrame.of("{\"type\":\"PONG\"}", Optional.empty()).text())
                .isEqualTo("event: PONG\ndata: {\"type\":\"PONG\"}\n\n");
    }

    @Test
    void theReconnectDelayIsInMilliseconds() {
        assertThat(SseFrame.retry(Duration.ofSeconds(3))).isEqualTo("retry: 3000\n\n");
    }

    /// The interpretation of an event stream as the HTML standard has it, without the parts we never send.
    private static List<Parsed> parse(String stream) {
        List<Parsed> events = new ArrayList<>();
        String event = "";
        String id = "";
        List<String> data = new ArrayList<>();
        for (String line : stream.split("\r\n|\r|\n", -1)) {
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    events.add(new Parsed(event, id, String.join("\n", data)));
                }
                event = "";
                data.clear();
            } else if (field.equals("event")) {
                event = value;
            } else if (field.equals("data")) {
                data.add(value);
            } else if (field.equals("id") && value.indexOf(0) < 0) {
                id = value;
            }
        }
        return events;
    }
}
