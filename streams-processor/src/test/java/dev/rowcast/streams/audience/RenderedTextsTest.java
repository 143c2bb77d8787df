package dev.rowcast.streams.audience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.protocol.JsonFragment;
import dev.rowcast.schemas.protocol.ServerMessage;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.streams.render.Texts;
import dev.rowcast.streams.route.Audience;
import dev.rowcast.streams.route.Routed;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RenderedTextsTest {

    private static final int LONG = 200_000;

    private final RenderedTexts texts = new RenderedTexts();

    @Test
    void aChangeIsRenderedOnce() {
        Routed.Told event = event(1);

        assertThat(text(event)).isSameAs(text(event)).isNotSameAs(text(event(1)));
    }

    @Test
    void theLeastRecentlyWantedGoFirst() {
        Routed.Told wantedAgain = event(LONG);
        Routed.Told wantedOnce = event(LONG);
        Texts first = text(wantedAgain);
        Texts second = text(wantedOnce);
        for (int i = 0; i < 9; i++) {
            text(event(LONG));
            assertThat(text(wantedAgain)).isSameAs(first);
        }

        assertThat(text(wantedOnce)).isNotSameAs(second);
    }

    @Test
    void nothingIsLeftOnceItIsCleared() {
        Routed.Told event = event(1);
        Texts before = text(event);

        texts.clear();

        assertThat(text(event)).isNotSameAs(before).isEqualTo(before);
    }

    private Texts text(Routed.Told told) {
        return texts.of(1, told, Action.UPDATE);
    }

    private static Routed.Told event(int length) {
        ServerMessage.Content content = new ServerMessage.Content(
                "content.created",
                "demo",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Instant.EPOCH,
                JsonFragment.text("x".repeat(length)));
        return new Routed.Event(
                content,
                Optional.empty(),
                1,
                1,
                Audience.of(Set.of(), Set.of("vault:1")),
                Optional.empty(),
                Optional.empty());
    }
}
