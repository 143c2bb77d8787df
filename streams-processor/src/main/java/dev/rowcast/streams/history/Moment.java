package dev.rowcast.streams.history;

/// A place in a partition's log, over all incarnations of the log.
///
/// @param generation the how many-th incarnation it is that this task saw, from 0; -1 before any
/// @param offset in it
public record Moment(int generation, long offset) implements Comparable<Moment> {

    /// Before anything happened.
    public static final Moment BEGINNING = new Moment(-1, -1);

    /// The place right before this one.
    public Moment previous() {
        return new Moment(generation, offset - 1);
    }

    /// How many offsets ago this is, never more than in truth: another incarnation may count on or begin anew.
    public long ageAt(Moment now) {
        if (offset <= now.offset) {
            return now.offset - offset;
        }
        return generation < now.generation ? now.offset : 0;
    }

    @Override
    public int compareTo(Moment other) {
        return generation != other.generation
                ? Integer.compare(generation, other.generation)
                : Long.compare(offset, other.offset);
    }
}
