package dev.rowcast.ingest.quarantine;

import dev.rowcast.schemas.catalog.TableName;
import java.time.Instant;

/// A table whose rows go to the dead letters for now.
///
/// @param reason what is wrong here
/// @param wayBack what ends it
/// @param since when it began
/// @param rows how many were set aside
public record QuarantinedTable(
        TableName table, QuarantineCode code, String reason, String wayBack, Instant since, long rows) {

    QuarantinedTable because(String reasonNow, String wayBackNow) {
        return new QuarantinedTable(table, code, reasonNow, wayBackNow, since, rows);
    }

    QuarantinedTable withAnotherRow() {
        return new QuarantinedTable(table, code, reason, wayBack, since, rows + 1);
    }
}
