package dev.rowcast.cache.model;

/// Somebody who found nothing and brings the value.
///
/// @param token of the lease, 0 for none
/// @param saw the commits that its snapshot has
/// @param stamp position of the log before its snapshot
record Reader(Step step, int token, int saw, int stamp) {

    static final int BITS = 9;
    static final Reader IDLE = new Reader(Step.IDLE, 0, 0, 0);

    enum Step {
        IDLE,
        LEASED,
        HAS_READ
    }

    static Reader leased(int token) {
        return new Reader(Step.LEASED, token, 0, 0);
    }

    Reader reading(int visible, int position) {
        return new Reader(Step.HAS_READ, token, visible, position);
    }

    long pack() {
        return step.ordinal() | (long) token << 2 | (long) saw << 5 | (long) stamp << 7;
    }

    static Reader unpack(long bits) {
        return new Reader(
                Step.values()[(int) (bits & 3)], (int) (bits >> 2 & 7), (int) (bits >> 5 & 3), (int) (bits >> 7 & 3));
    }
}
