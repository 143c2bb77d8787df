package dev.rowcast.streams.audience;

import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.streams.render.Renderer;
import dev.rowcast.streams.render.Texts;
import dev.rowcast.streams.route.Routed;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What replays rendered lately. Those who come back at once missed the same, so a change is rendered once for all
/// of them and not for each. The least recently wanted texts go first. For one thread.
///
/// To be cleared now and then, because it keeps what the journal may have let go.
final class RenderedTexts {

    /// As much as some seconds of changes take.
    private static final int MOST_CHARS = 2 << 20;

    private final Map<Key, Texts> texts = new LinkedHashMap<>(16, 0.75f, true);
    private long chars;

    /// The journal has each change once, so the object is its identity: to compare what it holds would take longer
    /// than to render it.
    private record Key(Routed.Told told, Action action) {
        @Override
        @SuppressWarnings("ReferenceEquality")
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && key.told == told && key.action == action;
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(told) + action.ordinal();
        }
    }

    /// @throws IllegalArgumentException when the change holds what the protocol cannot say
    Texts of(long epoch, Routed.Told told, Action action) {
        Key key = new Key(told, action);
        Texts known = texts.get(key);
        if (known != null) {
            return known;
        }
        Texts rendered = Renderer.render(epoch, told, action);
        texts.put(key, rendered);
        chars += length(rendered);
        Iterator<Texts> eldest = texts.values().iterator();
        while (chars > MOST_CHARS) {
            chars -= length(eldest.next());
            eldest.remove();
        }
        return rendered;
    }

    void clear() {
        texts.clear();
        chars = 0;
    }

    private static int length(Texts texts) {
        return texts.keys().length() + texts.rows().map(String::length).orElse(0);
    }
}
