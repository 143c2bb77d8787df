package dev.rowcast.cache.model;

/// Redis, with one key. Sets of commits are bits.
///
/// @param full whether there is a value
/// @param has the commits that the value has
/// @param stamp position of the log before the value was read
/// @param fence commits that evicted the key
/// @param lease token, 0 for none
/// @param offset commits that were applied, which is the watermark too; -1 when Redis knows nothing
record Store(boolean full, int has, int stamp, int fence, int lease, int offset) {

    static final int BITS = 13;
    static final Store EMPTY = new Store(false, 0, 0, 0, 0, 0);
    static final Store FLUSHED = EMPTY.at(-1);

    Store holding(int commits, int position) {
        return new Store(true, commits, position, fence, lease, offset);
    }

    Store evicted() {
        return new Store(false, 0, 0, fence, lease, offset);
    }

    Store fencedBy(int commits) {
        return new Store(full, has, stamp, commits, lease, offset);
    }

    Store leasedTo(int token) {
        return new Store(full, has, stamp, fence, token, offset);
    }

    Store at(int position) {
        return new Store(full, has, stamp, fence, lease, position);
    }

    boolean isLost() {
        return offset < 0;
    }

    /// A hit would lack a commit that the watermark promises.
    boolean breaksPromise() {
        return full && !isLost() && (has & bitsUpTo(offset)) != bitsUpTo(offset);
    }

    static int bitsUpTo(int commits) {
        return (1 << commits) - 1;
    }

    long pack() {
        return (full ? 1L : 0)
                | (long) has << 1
                | (long) stamp << 3
                | (long) fence << 5
                | (long) lease << 7
                | (long) (offset + 1) << 10;
    }

    static Store unpack(long bits) {
        return new Store(
                (bits & 1) == 1,
                (int) (bits >> 1 & 3),
                (int) (bits >> 3 & 3),
                (int) (bits >> 5 & 3),
                (int) (bits >> 7 & 7),
                (int) (bits >> 10 & 3) - 1);
    }
}
