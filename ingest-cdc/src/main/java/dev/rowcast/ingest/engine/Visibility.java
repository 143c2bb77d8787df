package dev.rowcast.ingest.engine;

import java.util.Set;

/// What the handler asks before it publishes.
@FunctionalInterface
public interface Visibility {

    /// Returns when readers of the database see every one of the transactions.
    ///
    /// @param xids as the log names them, with 32 bits
    /// @throws dev.rowcast.ingest.fault.FaultException when that is not to be waited for any longer
    void await(Set<Long> xids) throws InterruptedException;
}
