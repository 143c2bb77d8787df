package dev.rowcast.bench.topology;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/// The changes that are written: updates of rows of about 80 bytes, with both images, one in a transaction. Each has a
/// number, which comes back as its frame's LSN.
final class Rows {

    static final String CATALOG = """
            source: bench
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant}
            tables:
              public.sources:
                entity: source
                channels: ["vault:{vault_id}"]
                deliver: [id, vault_id, title]
            """;

    static final int ENTITIES = 500;

    private static final String TITLE = "\"The quick brown fox jumps over the lazy dog again\"";

    private Rows() {}

    static String channel(int vault) {
        return "vault:" + vault;
    }

    static Change change(long number, int vault) {
        String id = Long.toString(number % ENTITIES);
        Map<String, String> row = Map.of("id", id, "vault_id", Integer.toString(vault), "title", TITLE);
        long us = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        return new Change(
                1L,
                "bench",
                us,
                null,
                new RowChange(
                        "public.sources",
                        Operation.UPDATE,
                        id,
                        row,
                        row,
                        List.of(),
                        number,
                        new Transaction(number & 0xffffffffL, number, number, us, 0, true)));
    }
}
