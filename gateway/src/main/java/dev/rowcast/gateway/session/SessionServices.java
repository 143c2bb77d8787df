package dev.rowcast.gateway.session;

import dev.rowcast.gateway.auth.Authenticator;
import dev.rowcast.gateway.channel.MembersOnly;
import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.gateway.channel.Upstream;
import dev.rowcast.gateway.limit.Breaches;
import dev.rowcast.gateway.limit.Limits;
import dev.rowcast.schemas.filter.FilterRules;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.shard.Placement;
import java.time.Clock;

/// What every session of a node shares.
public record SessionServices(
        Shards shards,
        Upstream upstream,
        Authenticator authenticator,
        Placement placement,
        MembersOnly membersOnly,
        CursorCodec cursors,
        ProtocolCodec codec,
        FilterRules filters,
        Limits limits,
        Breaches breaches,
        Clock clock) {}
