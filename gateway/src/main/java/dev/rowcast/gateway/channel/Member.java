package dev.rowcast.gateway.channel;

/// One connection in one room.
final class Member {

    final Connection connection;
    final Target target;
    final boolean rows;
    /// What is at or before this offset is not for it.
    long from;
    /// Its place in the room, kept by the room.
    int index;

    Member(Connection connection, Target target, boolean rows, long from) {
        this.connection = connection;
        this.target = target;
        this.rows = rows;
        this.from = from;
    }
}
