package dev.rowcast.ingest.engine;

import io.debezium.connector.postgresql.PostgresConnector;
import org.apache.kafka.connect.connector.Task;

/// Debezium's Postgres connector with a [QuietTask]. Debezium makes it by its name.
public final class QuietConnector extends PostgresConnector {

    @Override
    public Class<? extends Task> taskClass() {
        return QuietTask.class;
    }
}
