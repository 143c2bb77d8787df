package dev.rowcast.ingest.snapshot;

import dev.rowcast.ingest.fault.FaultException;
import dev.rowcast.ingest.slot.Database;
import dev.rowcast.ingest.slot.Sessions;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.topic.Topics;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has tables read again whose rows are remembered downstream, when they are about to be forgotten there: who is a
/// member of what, and which parent a row has. Without that a member would be refused for ever.
public final class Rereads {

    private static final Logger log = LoggerFactory.getLogger(Rereads.class);

    private final Database database;
    private final String source;
    private final Set<TableName> remembered = new HashSet<>();

    public Rereads(Database database, Catalog catalog) {
        this.database = database;
        this.source = catalog.source();
        catalog.channels().values().forEach(type -> type.members().ifPresent(rule -> remembered.add(rule.table())));
        catalog.tables().values().forEach(rule -> rule.parent().ifPresent(parent -> remembered.add(parent.table())));
        if (catalog.shardBy().isPresent()) {
            // When tenants are split otherwise, whose children there are is forgotten too.
            remembered.addAll(catalog.rememberedTables());
        }
        remembered.add(TableName.parse(Topics.API_KEYS_TABLE));
    }

    /// Asks for a backfill of the table, unless its rows are not remembered or one waits to begin. It stands in the
    /// database when this returns, so whoever forgets the rows afterwards gets them, whatever is killed meanwhile.
    ///
    /// @throws FaultException when the database is away
    public void ask(TableName table) {
        if (!remembered.contains(table)) {
            return;
        }
        try (Connection connection = database.connect()) {
            Sessions.dontWaitForStandbys(connection);
            if (new BackfillRequests(connection, source).ask(table)) {
                log.atInfo()
                        .addKeyValue("source", source)
                        .addKeyValue("table", table)
                        .log("Backfill asked for, because what was known of the table is forgotten");
            }
        } catch (SQLException e) {
            if (!BackfillRequests.mayNot(e)) {
                throw database.fault(e);
            }
            log.atError()
                    .addKeyValue("table", table)
                    .addKeyValue("fix", "run infra/postgres/role.sql again, then: ./rowcast backfill " + table)
                    .log("A table is forgotten and cannot be asked for again");
        }
    }
}
