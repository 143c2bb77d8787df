package dev.rowcast.streams.evictor;

import dev.rowcast.cache.log.Watermarks;
import dev.rowcast.cache.shared.Stale;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Cuts what was read into pieces of a bounded size, in order.
final class Pieces {

    private final int most;
    private final Watermarks watermarks;
    private final List<Piece> done = new ArrayList<>();
    private List<Stale> open = new ArrayList<>();
    private long at;

    /// @param from the offset behind which the records are
    private Pieces(long from, int most, Watermarks watermarks) {
        this.at = from;
        this.most = most;
        this.watermarks = watermarks;
    }

    /// @param records in their order
    /// @param watermarks is told those of the records
    static List<Piece> of(long from, List<LoggedEviction> records, int most, Watermarks watermarks) {
        Pieces pieces = new Pieces(from, most, watermarks);
        records.forEach(pieces::add);
        pieces.cut();
        return pieces.done;
    }

    private void add(LoggedEviction read) {
        List<Stale> stale = read.stale();
        if (!open.isEmpty() && open.size() + stale.size() > most) {
            cut();
        }
        int begin = 0;
        for (; stale.size() - begin > most; begin += most) {
            // Of a part of a record only the tags count, which may be evicted twice.
            done.add(new Piece(at, OptionalLong.empty(), stale.subList(begin, begin + most)));
        }
        open.addAll(stale.subList(begin, stale.size()));
        at = read.offset();
        read.mark().ifPresent(mark -> watermarks.saw(mark.input(), mark.redisMs()));
    }

    private void cut() {
        done.add(new Piece(at, watermarks.oldest(), open));
        open = new ArrayList<>();
    }
}
