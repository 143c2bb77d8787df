package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.ResetReason;
import java.util.List;

/// What a past change is to who missed it.
sealed interface Replay {

    /// @param frames none when it does not concern it
    record Told(List<Frame> frames) implements Replay {}

    /// It cannot be told any more.
    record Impossible(ResetReason reason) implements Replay {}
}
