package dev.rowcast.cache.model;

import java.util.Optional;

/// Everything at one moment. Faults happen once each.
record State(Log log, Store redis, Readers readers, Evictors evictors, Faults faults) {

    static final int COMMITS = 2;
    static final State START = new State(
            new Log(0, 0),
            Store.EMPTY,
            new Readers(Reader.IDLE, Reader.IDLE, 1),
            new Evictors(0, 0),
            new Faults(Optional.empty(), true, true, true));

    /// @param logged commits in the log
    /// @param visible commits that a snapshot has; a commit may be in the log before that
    private record Log(int logged, int visible) {}

    /// @param nextToken of leases
    private record Readers(Reader first, Reader second, int nextToken) {}

    /// @param owner commits that the evictor believes applied
    /// @param zombie the same, of one that was replaced and does not know
    private record Evictors(int owner, int zombie) {}

    /// @param replica an older Redis that may take over
    /// @param mayFlush whether Redis may still lose all
    /// @param mayFailOver whether a replica may still be made, or take over
    /// @param mayForget whether a fence may still expire
    private record Faults(Optional<Store> replica, boolean mayFlush, boolean mayFailOver, boolean mayForget) {}

    int logged() {
        return log.logged;
    }

    int visible() {
        return log.visible;
    }

    Reader first() {
        return readers.first;
    }

    Reader second() {
        return readers.second;
    }

    int nextToken() {
        return readers.nextToken;
    }

    int owner() {
        return evictors.owner;
    }

    int zombie() {
        return evictors.zombie;
    }

    Optional<Store> replica() {
        return faults.replica;
    }

    boolean mayFlush() {
        return faults.mayFlush;
    }

    boolean mayFailOver() {
        return faults.mayFailOver;
    }

    boolean mayForget() {
        return faults.mayForget;
    }

    State withLogged(int logged) {
        return new State(new Log(logged, log.visible), redis, readers, evictors, faults);
    }

    State withVisible(int visible) {
        return new State(new Log(log.logged, visible), redis, readers, evictors, faults);
    }

    State withRedis(Store store) {
        return new State(log, store, readers, evictors, faults);
    }

    State withReader(boolean isFirst, Reader reader) {
        Reader first = isFirst ? reader : readers.first;
        Reader second = isFirst ? readers.second : reader;
        return with(new Readers(first, second, readers.nextToken));
    }

    State withNextToken() {
        return with(new Readers(readers.first, readers.second, readers.nextToken + 1));
    }

    State withEvictor(boolean isOwner, int applied) {
        Evictors changed = isOwner ? new Evictors(applied, evictors.zombie) : new Evictors(evictors.owner, applied);
        return new State(log, redis, readers, changed, faults);
    }

    State withReplica() {
        return with(new Faults(Optional.of(redis), faults.mayFlush, faults.mayFailOver, faults.mayForget));
    }

    State failedOver() {
        return withRedis(faults.replica.orElseThrow())
                .with(new Faults(faults.replica, faults.mayFlush, false, faults.mayForget));
    }

    State flushed() {
        return withRedis(Store.FLUSHED).with(new Faults(faults.replica, false, faults.mayFailOver, faults.mayForget));
    }

    State forgetting(int fence) {
        return withRedis(redis.fencedBy(fence))
                .with(new Faults(faults.replica, faults.mayFlush, faults.mayFailOver, false));
    }

    private State with(Readers changed) {
        return new State(log, redis, changed, evictors, faults);
    }

    private State with(Faults changed) {
        return new State(log, redis, readers, evictors, changed);
    }

    boolean sees(int commit) {
        return (log.visible & bit(commit)) != 0;
    }

    static int bit(int commit) {
        return 1 << commit - 1;
    }

    /// All of it in 63 bits.
    long pack() {
        long bits = log.logged | (long) log.visible << 2;
        bits |= (long) evictors.owner << 4 | (long) evictors.zombie << 6 | (long) readers.nextToken << 8;
        bits |= bit(faults.mayFlush, 11) | bit(faults.mayFailOver, 12) | bit(faults.mayForget, 13);
        bits |= bit(faults.replica.isPresent(), 14);
        bits |= readers.first.pack() << 15 | readers.second.pack() << 15 + Reader.BITS;
        int at = 15 + 2 * Reader.BITS;
        return bits | redis.pack() << at | faults.replica.map(Store::pack).orElse(0L) << at + Store.BITS;
    }

    static State unpack(long bits) {
        int at = 15 + 2 * Reader.BITS;
        Optional<Store> replica =
                isSet(bits, 14) ? Optional.of(Store.unpack(bits >> at + Store.BITS)) : Optional.empty();
        return new State(
                new Log((int) (bits & 3), (int) (bits >> 2 & 3)),
                Store.unpack(bits >> at),
                new Readers(Reader.unpack(bits >> 15), Reader.unpack(bits >> 15 + Reader.BITS), (int) (bits >> 8 & 7)),
                new Evictors((int) (bits >> 4 & 3), (int) (bits >> 6 & 3)),
                new Faults(replica, isSet(bits, 11), isSet(bits, 12), isSet(bits, 13)));
    }

    private static long bit(boolean set, int at) {
        return set ? 1L << at : 0;
    }

    private static boolean isSet(long bits, int at) {
        return (bits >> at & 1) == 1;
    }
}
