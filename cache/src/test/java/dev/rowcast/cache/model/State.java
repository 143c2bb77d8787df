package dev.rowcast.cache.model;

import java.util.Optional;

/// Everything at one moment: the database, Redis, two readers, the evictor and a zombie of it. Faults happen once each.
///
/// @param logged commits in the log
/// @param visible commits that a snapshot has; a commit may be in the log before that
/// @param owner commits that the evictor believes applied
/// @param zombie the same, of one that was replaced and does not know
/// @param replica an older Redis that may take over
/// @param mayFlush whether Redis may still lose all
/// @param mayFailOver whether a replica may still be made, or take over
/// @param mayForget whether a fence may still expire
/// @param nextToken of leases
record State(
        int logged,
        int visible,
        Store redis,
        Reader first,
        Reader second,
        int owner,
        int zombie,
        Optional<Store> replica,
        boolean mayFlush,
        boolean mayFailOver,
        boolean mayForget,
        int nextToken) {

    static final int COMMITS = 2;
    static final State START =
            new State(0, 0, Store.EMPTY, Reader.IDLE, Reader.IDLE, 0, 0, Optional.empty(), true, true, true, 1);

    State withLogged(int value) {
        return new State(
                value,
                visible,
                redis,
                first,
                second,
                owner,
                zombie,
                replica,
                mayFlush,
                mayFailOver,
                mayForget,
                nextToken);
    }

    State withVisible(int value) {
        return new State(
                logged,
                value,
                redis,
                first,
                second,
                owner,
                zombie,
                replica,
                mayFlush,
                mayFailOver,
                mayForget,
                nextToken);
    }

    State withRedis(Store value) {
        return new State(
                logged,
                visible,
                value,
                first,
                second,
                owner,
                zombie,
                replica,
                mayFlush,
                mayFailOver,
                mayForget,
                nextToken);
    }

    State withReader(boolean isFirst, Reader value) {
        return new State(
                logged,
                visible,
                redis,
                isFirst ? value : first,
                isFirst ? second : value,
                owner,
                zombie,
                replica,
                mayFlush,
                mayFailOver,
                mayForget,
                nextToken);
    }

    State withEvictor(boolean isOwner, int value) {
        return new State(
                logged,
                visible,
                redis,
                first,
                second,
                isOwner ? value : owner,
                isOwner ? zombie : value,
                replica,
                mayFlush,
                mayFailOver,
                mayForget,
                nextToken);
    }

    State withReplica() {
        return new State(
                logged,
                visible,
                redis,
                first,
                second,
                owner,
                zombie,
                Optional.of(redis),
                mayFlush,
                mayFailOver,
                mayForget,
                nextToken);
    }

    State failedOver() {
        return new State(
                logged,
                visible,
                replica.orElseThrow(),
                first,
                second,
                owner,
                zombie,
                replica,
                mayFlush,
                false,
                mayForget,
                nextToken);
    }

    State flushed() {
        return new State(
                logged,
                visible,
                Store.FLUSHED,
                first,
                second,
                owner,
                zombie,
                replica,
                false,
                mayFailOver,
                mayForget,
                nextToken);
    }

    State forgetting(int fence) {
        return new State(
                logged,
                visible,
                redis.fencedBy(fence),
                first,
                second,
                owner,
                zombie,
                replica,
                mayFlush,
                mayFailOver,
                false,
                nextToken);
    }

    State withNextToken() {
        return new State(
                logged,
                visible,
                redis,
                first,
                second,
                owner,
                zombie,
                replica,
                mayFlush,
                mayFailOver,
                mayForget,
                nextToken + 1);
    }

    boolean sees(int commit) {
        return (visible & bit(commit)) != 0;
    }

    static int bit(int commit) {
        return 1 << commit - 1;
    }

    /// All of it in 63 bits.
    long pack() {
        long bits = logged | (long) visible << 2 | (long) owner << 4 | (long) zombie << 6 | (long) nextToken << 8;
        bits |= (mayFlush ? 1L : 0) << 11 | (mayFailOver ? 1L : 0) << 12 | (mayForget ? 1L : 0) << 13;
        bits |= (replica.isPresent() ? 1L : 0) << 14;
        bits |= first.pack() << 15 | second.pack() << 15 + Reader.BITS;
        int at = 15 + 2 * Reader.BITS;
        return bits | redis.pack() << at | replica.map(Store::pack).orElse(0L) << at + Store.BITS;
    }

    static State unpack(long bits) {
        int at = 15 + 2 * Reader.BITS;
        return new State(
                (int) (bits & 3),
                (int) (bits >> 2 & 3),
                Store.unpack(bits >> at),
                Reader.unpack(bits >> 15),
                Reader.unpack(bits >> 15 + Reader.BITS),
                (int) (bits >> 4 & 3),
                (int) (bits >> 6 & 3),
                (bits >> 14 & 1) == 1 ? Optional.of(Store.unpack(bits >> at + Store.BITS)) : Optional.empty(),
                (bits >> 11 & 1) == 1,
                (bits >> 12 & 1) == 1,
                (bits >> 13 & 1) == 1,
                (int) (bits >> 8 & 7));
    }
}
