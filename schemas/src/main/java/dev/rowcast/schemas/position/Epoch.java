package dev.rowcast.schemas.position;

import dev.rowcast.schemas.hash.Sha256;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/// Identity of the log's incarnation. Offsets of different epochs cannot be compared: a reader that holds one of
/// another epoch must refetch. The idea is Centrifuge's stream epoch.
///
/// @param value a hash; equality is all that it has, order has no meaning
public record Epoch(long value) {

    /// The epoch that these identities make. Any of them changing means that positions no longer mean the same.
    ///
    /// @param topicId Kafka's id of `rowcast.changes`, which a recreated topic does not keep
    /// @param systemIdentifier the database cluster's
    /// @param timeline the database's, which a promotion or a restore raises
    /// @param generation how often the source's slot was made anew
    public static Epoch of(String topicId, String systemIdentifier, int timeline, int generation) {
        String identity = String.join("|", topicId, systemIdentifier, "" + timeline, "" + generation);
        return new Epoch(ByteBuffer.wrap(Sha256.of(identity)).getLong());
    }

    /// The id of a database transaction: where it began, in this incarnation of the log.
    ///
    /// @param firstLsn of the transaction's first captured change
    public String transactionId(long firstLsn) {
        return this + "-" + HexFormat.of().toHexDigits(firstLsn);
    }

    /// The id of a change, the same wherever the change is told: its transaction's, and its place in that.
    ///
    /// @param firstLsn of the transaction's first captured change
    public String eventId(long firstLsn, int index) {
        return transactionId(firstLsn) + "-" + index;
    }

    /// 16 hex digits, as in event ids.
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
