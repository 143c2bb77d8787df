package dev.rowcast.streams.evictor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.log.Watermarks;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.schemas.avro.Eviction;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PiecesTest {

    private static final int MOST = 3;

    private final Watermarks watermarks = new Watermarks(1);

    @Test
    void whatFitsIsOnePieceUpToTheLastRecord() {
        assertThat(pieces(tags(11, 1), mark(12, 500), tags(14, 2)))
                .containsExactly(new Piece(14, OptionalLong.of(500), List.of(tag(0), tag(0), tag(1))));
    }

    @Test
    void aRecordThatDoesNotFitBeginsThePieceAfterIt() {
        assertThat(pieces(tags(11, 2), mark(12, 500), tags(13, 2), mark(14, 600)))
                .containsExactly(
                        new Piece(12, OptionalLong.of(500), List.of(tag(0), tag(1))),
                        new Piece(14, OptionalLong.of(600), List.of(tag(0), tag(1))));
    }

    @Test
    void aLargeRecordMovesOnWithItsLastPartOnly() {
        assertThat(pieces(mark(11, 500), tags(12, 7)))
                .containsExactly(
                        new Piece(11, OptionalLong.empty(), List.of(tag(0), tag(1), tag(2))),
                        new Piece(11, OptionalLong.empty(), List.of(tag(3), tag(4), tag(5))),
                        new Piece(12, OptionalLong.of(500), List.of(tag(6))));
        assertThat(pieces(tags(11, 4)).getFirst().to()).isEqualTo(10);
    }

    @Test
    void withoutTagsOrTenantEverythingIsStale() {
        Eviction ofTenant = new Eviction(1L, 0, 5L, "demo", List.of(), 7L, null);
        Eviction ofAll = new Eviction(1L, 0, 5L, null, List.of(), 7L, null);

        assertThat(pieces(LoggedEviction.of(11, ofTenant), LoggedEviction.of(12, ofAll), LoggedEviction.unreadable(13)))
                .singleElement()
                .satisfies(piece -> assertThat(piece.stale())
                        .containsExactly(
                                new Stale.Everything(Optional.of(new TenantId("demo")), 7, 11),
                                new Stale.Everything(Optional.empty(), 7, 12),
                                new Stale.Everything(Optional.empty(), 0, 13)));
    }

    private List<Piece> pieces(LoggedEviction... records) {
        return Pieces.of(10, List.of(records), MOST, watermarks);
    }

    private static LoggedEviction tags(long offset, int count) {
        List<String> tags =
                IntStream.range(0, count).mapToObj(number -> "t" + number).toList();
        return LoggedEviction.of(offset, new Eviction(1L, 0, 5L, "demo", tags, 7L, null));
    }

    private static LoggedEviction mark(long offset, long redisMs) {
        return LoggedEviction.of(offset, new Eviction(1L, 0, 5L, null, List.of(), 0L, redisMs));
    }

    private static Stale tag(int number) {
        return new Stale.Tag(new TenantId("demo"), "t" + number, 7);
    }
}
