package dev.rowcast.ingest.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.ingest.kill.Committed.Kind;
import dev.rowcast.ingest.kill.Committed.Row;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReferenceTextTest {

    private final ReferenceText text = new ReferenceText();

    @Test
    void aTransactionHasItsRowsInOrderAndThePositionBehindItsCommit() {
        text.line(100, 7, "BEGIN 7");
        text.line(110, 7, "table public.notes: INSERT: id[bigint]:1 site_id[text]:'demo' body[text]:'it''s [a]:b'");
        text.line(120, 7, "table public.notes: DELETE: id[bigint]:1 site_id[text]:'demo' body[text]:null");
        text.line(130, 7, "COMMIT 7");

        assertThat(text.transactions())
                .containsExactly(new Committed(
                        7,
                        130,
                        List.of(
                                new Row(
                                        "public.notes",
                                        Kind.INSERT,
                                        Map.of(),
                                        Map.of("id", "1", "site_id", "demo", "body", "it's [a]:b"),
                                        110),
                                new Row(
                                        "public.notes",
                                        Kind.DELETE,
                                        Map.of("id", "1", "site_id", "demo", "body", "null"),
                                        Map.of(),
                                        120))));
    }

    @Test
    void anUpdateHasBothImagesAndTheLargeValueThatTheLogDoesNotRepeat() {
        text.line(100, 7, "BEGIN 7");
        text.line(
                110,
                7,
                "table public.notes: UPDATE: old-key: id[bigint]:1 body[text]:'large' "
                        + "new-tuple: id[bigint]:2 body[text]:unchanged-toast-datum");
        text.line(
                120,
                7,
                "table rowcast.heartbeat: UPDATE: id[integer]:1 beat_at[timestamp with time zone]:'2026-01-01 00:00:00+00'");
        text.line(130, 7, "COMMIT 7");

        assertThat(text.transactions().getFirst().rows())
                .extracting(Row::before, Row::after)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                Map.of("id", "1", "body", "large"), Map.of("id", "2", "body", "large")),
                        org.assertj.core.groups.Tuple.tuple(
                                Map.of(), Map.of("id", "1", "beat_at", "2026-01-01 00:00:00+00")));
    }

    @Test
    void aTruncationIsARowOfEachTable() {
        text.line(100, 7, "BEGIN 7");
        text.line(110, 7, "table public.notes, public.tags: TRUNCATE: (no-flags)");
        text.line(130, 7, "COMMIT 7");

        assertThat(text.transactions().getFirst().rows())
                .extracting(Row::table)
                .containsExactly("public.notes", "public.tags");
    }

    @Test
    void anUnknownLineIsRefused() {
        assertThatThrownBy(() -> text.line(100, 7, "else: 1")).hasMessageContaining("else: 1");
    }
}
