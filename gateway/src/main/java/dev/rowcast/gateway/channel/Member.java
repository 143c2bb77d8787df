package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.tenant.TenantId;

/// One connection in one room.
final class Member {

    final Connection connection;
    /// The part of the tenant in which it is.
    final TenantId part;

    final Target target;
    final Wish wish;
    final boolean rows;
    /// What is at or before this offset is not for it.
    long from;
    /// The position as of which the topology let it in.
    long asOf;
    /// Its place in the room, kept by the room.
    int index;

    Member(Connection connection, TenantId part, Target target, Wish wish, long from, long asOf) {
        this.part = part;
        this.connection = connection;
        this.target = target;
        this.wish = wish;
        this.rows = wish.rows();
        this.from = from;
        this.asOf = asOf;
    }

    Seat seat() {
        return new Seat(target, part);
    }

    /// Another incarnation of the log begins, whose positions do not compare.
    void beginAnew() {
        from = -1;
        asOf = -1;
    }
}
