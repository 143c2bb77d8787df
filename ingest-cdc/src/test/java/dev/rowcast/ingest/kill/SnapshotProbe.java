package dev.rowcast.ingest.kill;

import dev.rowcast.embedded.EmbeddedParts;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/// Tells whether readers see rows of a raw topic yet.
final class SnapshotProbe implements AutoCloseable {

    private final Admin admin;
    private final TopicPartition log;

    SnapshotProbe(EmbeddedParts parts, String topic) {
        admin = Admin.create(
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, parts.kafka().bootstrapServers()));
        log = new TopicPartition(topic, 0);
    }

    /// Where readers of committed records end; 0 while there is no such topic.
    long end() throws InterruptedException {
        try {
            return admin.listOffsets(
                            Map.of(log, OffsetSpec.latest()), new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .partitionResult(log)
                    .get()
                    .offset();
        } catch (ExecutionException e) {
            return 0;
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
