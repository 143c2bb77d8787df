package dev.rowcast.streams.audience;

import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.filter.Verdict;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.streams.route.Audience;
import dev.rowcast.streams.route.Images;
import java.util.Optional;

/// What a change means to those who narrowed a channel by a filter. A row that begins to pass is created for them, one
/// that stops is deleted. Where the log does not tell enough to know, nothing is kept back, and no value is shown of a
/// row that may not pass: an old row that may have passed is told as gone, a new row that may pass by its key alone.
///
/// @param byKey whether the row is told by its key alone
record Narrowed(Action action, boolean byKey) {

    private static final Narrowed CREATED = new Narrowed(Action.CREATE, false);
    private static final Narrowed UPDATED = new Narrowed(Action.UPDATE, false);
    private static final Narrowed DELETED = new Narrowed(Action.DELETE, false);
    private static final Narrowed CREATED_PERHAPS = new Narrowed(Action.CREATE, true);
    private static final Narrowed UPDATED_PERHAPS = new Narrowed(Action.UPDATE, true);
    private static final Narrowed DELETED_PERHAPS = new Narrowed(Action.DELETE, true);

    /// Empty when it is nothing to them.
    static Optional<Narrowed> of(Images images, Audience audience, String channel, Filter filter) {
        if (!images.fits(filter)) {
            return Optional.empty();
        }
        boolean stayed = audience.stayed().contains(channel);
        boolean was = stayed || audience.left().contains(channel);
        boolean is = stayed || audience.entered().contains(channel);
        return of(was ? images.before(filter) : Verdict.FAILS, is ? images.after(filter) : Verdict.FAILS);
    }

    private static Optional<Narrowed> of(Verdict before, Verdict after) {
        return switch (after) {
            case PASSES -> Optional.of(before == Verdict.PASSES ? UPDATED : CREATED);
            case UNDECIDED -> Optional.of(before == Verdict.PASSES ? UPDATED_PERHAPS : CREATED_PERHAPS);
            case FAILS ->
                switch (before) {
                    case PASSES -> Optional.of(DELETED);
                    case UNDECIDED -> Optional.of(DELETED_PERHAPS);
                    case FAILS -> Optional.empty();
                };
        };
    }
}
