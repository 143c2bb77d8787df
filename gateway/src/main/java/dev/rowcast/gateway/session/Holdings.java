package dev.rowcast.gateway.session;

import dev.rowcast.gateway.auth.Reach;
import dev.rowcast.gateway.channel.Connection;
import dev.rowcast.gateway.channel.Target;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ServerMessage.Revoked;
import java.util.Collection;
import java.util.List;

/// What a connection may have as far as its credential goes, which a newer one may change. Fails closed. Confined to
/// the event loop.
final class Holdings {

    private final Connection connection;
    private final ProtocolCodec codec;
    private Reach reach;

    Holdings(Connection connection, ProtocolCodec codec, Reach reach) {
        this.connection = connection;
        this.codec = codec;
        this.reach = reach;
    }

    /// Those of the targets that the credential is not good for.
    List<Target> beyond(Collection<Target> targets) {
        return targets.stream().filter(target -> !covers(target)).toList();
    }

    /// From now on another credential counts: what it is not good for ends.
    void narrow(Reach fresh) {
        reach = fresh;
        List<Target> lost = beyond(connection.targets());
        if (!lost.isEmpty()) {
            connection.unsubscribe(lost);
            connection.sendHere(
                    codec.encode(new Revoked(lost.stream().map(Target::text).toList(), Revoked.Reason.CREDENTIAL)));
            connection.lacks(lost);
        }
    }

    private boolean covers(Target target) {
        return switch (target.kind()) {
            case CHANNEL -> reach.covers(target.name());
            case ENTITY -> reach.isAll();
        };
    }
}
