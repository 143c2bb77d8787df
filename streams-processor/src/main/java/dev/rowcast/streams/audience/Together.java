package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.ResetReason;
import java.util.List;

/// What a past change is to who missed it and is told it together with others.
sealed interface Together {

    /// @param meanings none when it does not concern it
    record Meant(List<Meaning> meanings) implements Together {}

    /// It cannot be told any more.
    record Impossible(ResetReason reason) implements Together {}
}
