package dev.rowcast.ingest.slot;

import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.ingest.fault.FaultException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Holds transactions back until readers see them. The log has a transaction as soon as its commit is written;
/// readers see it only when the commit returns, which is later when it waits, for instance, for a synchronous
/// standby. Whoever refetched in between would read the old row.
///
/// It fails closed: it waits as long as it takes. One thread waits; any may [#stop].
public final class VisibilityGate implements AutoCloseable {

    private static final Duration FIRST_POLL = Duration.ofMillis(5);
    private static final Duration LONGEST_POLL = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Database database;
    private final Connection connection;
    private final Consumer<Fault> onStuck;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private ReaderSnapshot known;

    private VisibilityGate(Database database, Connection connection, Consumer<Fault> onStuck, ReaderSnapshot known) {
        this.database = database;
        this.connection = connection;
        this.onStuck = onStuck;
        this.known = known;
    }

    /// A gate with a connection of its own.
    ///
    /// @param onStuck told once for each wait that is longer than 10 s, from the waiting thread
    /// @throws FaultException when the database cannot be asked
    public static VisibilityGate open(Database database, Consumer<Fault> onStuck) throws SQLException {
        Connection connection = database.connect();
        try {
            return new VisibilityGate(database, connection, onStuck, read(connection));
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /// Returns when readers see every one of the transactions. What they saw once they see for ever, so it mostly
    /// costs one question, and none for the further parts of a large transaction.
    ///
    /// @param xids of committed transactions, as the log names them
    /// @throws FaultException when it was stopped, or the database cannot be asked
    /// @throws InterruptedException when the thread was interrupted while it waited
    public void await(Set<Long> xids) throws InterruptedException {
        if (hidden(xids).isEmpty()) {
            return;
        }
        Duration poll = FIRST_POLL;
        boolean told = false;
        long begin = System.nanoTime();
        refresh();
        for (Optional<Long> xid = hidden(xids); xid.isPresent(); xid = hidden(xids)) {
            if (!told && System.nanoTime() - begin > PATIENCE.toNanos()) {
                onStuck.accept(stuck(xid.get()));
                told = true;
            }
            if (stopped.await(poll.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new FaultException(stuck(xid.get()));
            }
            poll = poll.multipliedBy(2).compareTo(LONGEST_POLL) < 0 ? poll.multipliedBy(2) : LONGEST_POLL;
            refresh();
        }
    }

    /// Ends a wait with a [FaultException]: nothing that waits is published.
    public void stop() {
        stopped.countDown();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    private Optional<Long> hidden(Set<Long> xids) {
        return xids.stream().filter(xid -> !known.sees(xid)).findFirst();
    }

    private void refresh() {
        try {
            known = read(connection);
        } catch (SQLException e) {
            throw database.fault(e);
        }
    }

    private static ReaderSnapshot read(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_current_snapshot()::text");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return ReaderSnapshot.parse(row.getString(1));
        }
    }

    private static Fault stuck(long xid) {
        return new Fault(
                FaultCode.NOT_VISIBLE,
                "transaction %d is in the log, but readers do not see it yet: its commit waits".formatted(xid),
                "nothing is lost, and it goes on by itself when the commit returns; if it waits for a synchronous"
                        + " standby, start that one or take it out of synchronous_standby_names");
    }
}
