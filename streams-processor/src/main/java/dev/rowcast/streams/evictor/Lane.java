package dev.rowcast.streams.evictor;

import dev.rowcast.cache.log.Watermarks;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.Applied;
import dev.rowcast.cache.shared.Place;
import dev.rowcast.cache.shared.SharedCache;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// One cache partition, as far as this process knows it. Where it is in the log is known by Redis alone: what is
/// believed here is an opinion that each script checks. Whenever Redis differs, or does not answer, it is asked anew,
/// and what was read of watermarks counts no more, because it may be ahead of where reading goes on.
final class Lane {

    private final int partition;
    private final SharedCache cache;
    private final int mostStale;
    private final Backoff backoff = new Backoff();
    private Optional<Reading> reading = Optional.empty();
    private OptionalLong appliedWatermarkMs = OptionalLong.empty();

    /// @param watermarks told since reading began here
    private record Reading(Place place, Watermarks watermarks) {}

    Lane(int partition, SharedCache cache, int mostStale) {
        this.partition = partition;
        this.cache = cache;
        this.mostStale = mostStale;
    }

    int partition() {
        return partition;
    }

    /// Where Redis was when it was heard of last; empty when it has to be asked.
    Optional<Place> place() {
        return reading.map(Reading::place);
    }

    /// The last watermark that Redis took from here.
    OptionalLong appliedWatermarkMs() {
        return appliedWatermarkMs;
    }

    /// How long to leave Redis alone with it.
    Backoff backoff() {
        return backoff;
    }

    /// Redis has to be asked where it is.
    void lose() {
        reading = Optional.empty();
    }

    /// Reading goes on behind a place that Redis said.
    ///
    /// @param inputs partitions of `rowcast.changes`, each of which has to tell a watermark
    void begin(Place place, int inputs) {
        reading = Optional.of(new Reading(place, new Watermarks(inputs)));
    }

    /// What Redis says when nothing is asked of it but its place.
    ///
    /// @param topic Kafka's id of the topic that there is
    Applied ask(String topic) throws RedisUnavailableException {
        Place nowhere = new Place(topic, Long.MIN_VALUE);
        return cache.apply(partition, nowhere, nowhere.offset(), OptionalLong.empty(), List.of());
    }

    /// Applies the records that stand next. After this the lane may be lost.
    ///
    /// @return how many tags and tenants became stale
    int take(List<LoggedEviction> records) throws RedisUnavailableException {
        int stale = 0;
        if (reading.isPresent()) {
            Reading now = reading.get();
            for (Piece piece : Pieces.of(now.place().offset(), records, mostStale, now.watermarks())) {
                if (!take(piece)) {
                    break;
                }
                stale += piece.stale().size();
            }
        }
        return stale;
    }

    private boolean take(Piece piece) throws RedisUnavailableException {
        Reading now = reading.orElseThrow();
        reading = Optional.empty(); // until Redis has answered nobody knows where it is
        return switch (cache.apply(partition, now.place(), piece.to(), piece.watermarkMs(), piece.stale())) {
            case Applied.Ok ok -> {
                reading = Optional.of(new Reading(new Place(now.place().topic(), piece.to()), now.watermarks()));
                if (piece.watermarkMs().isPresent()) {
                    appliedWatermarkMs = piece.watermarkMs();
                }
                yield true;
            }
            case Applied.Seek seek -> false;
            case Applied.ResetNeeded reset -> false;
        };
    }
}
