package dev.rowcast.ingest.engine;

import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.source.spi.DataChangeEventListener;
import java.lang.reflect.Field;
import java.util.List;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Debezium's Postgres task without its own statistics of each row. For every row these make a new JSON mapper to
/// keep the row's key as text for JMX, and put a measurement into a queue that warns in the log, row by row, when
/// rows come fast. They are half of what the task allocates and a quarter of its time; ingest has its own metrics.
///
/// No setting turns them off, so the listener is taken out where Debezium keeps it. Debezium puts it in when a
/// snapshot begins and when streaming begins; looking with each batch of records covers both.
public final class QuietTask extends PostgresConnectorTask {

    private @Nullable EventDispatcher<?, ?> dispatcher;

    @Override
    public List<SourceRecord> doPoll() throws InterruptedException {
        List<SourceRecord> records = super.doPoll();
        if (!records.isEmpty()) {
            dispatcher().setEventListener(DataChangeEventListener.NO_OP());
        }
        return records;
    }

    private EventDispatcher<?, ?> dispatcher() {
        EventDispatcher<?, ?> known = dispatcher;
        if (known == null) {
            known = read();
            dispatcher = known;
        }
        return known;
    }

    private EventDispatcher<?, ?> read() {
        try {
            Field field = ChangeEventSourceCoordinator.class.getDeclaredField("eventDispatcher");
            field.setAccessible(true);
            return (EventDispatcher<?, ?>) field.get(coordinator);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of Debezium keeps its dispatcher elsewhere", e);
        }
    }
}
