package dev.rowcast.schemas.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.schemas.tenant.TenantId;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CursorCodecTest {

    private static final TenantId DEMO = new TenantId("demo");
    private static final TenantId OTHER = new TenantId("other");

    private final CursorCodec codec = new CursorCodec("a sample secret of some length");

    @Property
    void aCursorReadsBackAsItWasWritten(@ForAll("cursors") Cursor cursor) {
        assertThat(codec.decode(DEMO, codec.encode(DEMO, cursor))).contains(cursor);
    }

    @Property
    void aCursorWithAnyBitFlippedIsNone(
            @ForAll("cursors") Cursor cursor,
            @ForAll @IntRange(max = 10_000) int at,
            @ForAll @IntRange(max = 5) int bit) {
        StringBuilder text = new StringBuilder(codec.encode(DEMO, cursor));
        int index = at % text.length();
        text.setCharAt(index, (char) (text.charAt(index) ^ 1 << bit));

        assertThat(codec.decode(DEMO, text.toString())).isEmpty();
    }

    @Property
    void anyOtherTextIsNone(@ForAll String text) {
        assertThat(codec.decode(DEMO, text)).isEmpty();
    }

    @Test
    void anotherTenantsCursorIsNone() {
        String text = codec.encode(DEMO, Cursor.at(new Epoch(7), 3, 42));

        assertThat(codec.decode(OTHER, text)).isEmpty();
    }

    @Test
    void aCursorSignedWithAnotherSecretIsNone() {
        String text = new CursorCodec("another secret, just as long").encode(DEMO, Cursor.at(new Epoch(7), 3, 42));

        assertThat(codec.decode(DEMO, text)).isEmpty();
    }

    @Test
    void twoClientsOfATenantGetTheSameTextForTheSamePosition() {
        Cursor position = Cursor.at(new Epoch(7), 3, 42);

        assertThat(codec.encode(DEMO, position)).isEqualTo(codec.encode(DEMO, position));
    }

    @Test
    void aCursorOfOnePartitionIsShort() {
        assertThat(codec.encode(DEMO, Cursor.at(new Epoch(-1), 7, 1_000_000))).hasSizeLessThanOrEqualTo(44);
    }

    @Test
    void aCursorMayHoldSeveralPartitions() {
        Cursor sharded = new Cursor(new Epoch(7), new TreeMap<>(Map.of(0, 5L, 6, 77L)));

        Cursor read = codec.decode(DEMO, codec.encode(DEMO, sharded)).orElseThrow();

        assertThat(read.offset(6)).hasValue(77);
        assertThat(read.offset(1)).isEmpty();
    }

    @Test
    void aShortSecretIsRefusedWithTheSettingThatMendsIt() {
        assertThatThrownBy(() -> new CursorCodec("short"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("5 bytes")
                .hasMessageContaining("ROWCAST_CURSOR_SECRET");
    }

    @Provide
    Arbitrary<Cursor> cursors() {
        Arbitrary<TreeMap<Integer, Long>> offsets = Arbitraries.maps(
                        Arbitraries.integers().greaterOrEqual(0),
                        Arbitraries.longs().between(-1, Long.MAX_VALUE - 1))
                .ofMinSize(1)
                .ofMaxSize(Cursor.MOST_PARTITIONS)
                .map(TreeMap::new);
        return Arbitraries.longs().flatMap(epoch -> offsets.map(map -> new Cursor(new Epoch(epoch), map)));
    }
}
