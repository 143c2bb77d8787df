package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.streams.route.Routed;

/// What a change means to those who have a channel, with a filter or without.
record Meaning(Routed.Told told, Target target, Action action) {}
