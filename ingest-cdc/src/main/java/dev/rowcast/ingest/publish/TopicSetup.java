package dev.rowcast.ingest.publish;

import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicExistsException;

/// Makes the topics that are not there yet and reads the identity of `rowcast.changes`.
public final class TopicSetup {

    private final KafkaSettings settings;

    public TopicSetup(KafkaSettings settings) {
        this.settings = settings;
    }

    /// What positions depend on.
    ///
    /// @param topicId Kafka's, which a recreated topic does not keep
    /// @param partitions how many it really has
    public record Log(String topicId, int partitions) {}

    /// Every topic that ingest writes or reads.
    public static List<Topic<?, ?>> topics(Catalog catalog) {
        List<Topic<?, ?>> topics =
                new ArrayList<>(List.of(Topics.CHANGES, Topics.INBOX, Topics.CAPTURE_PROGRESS, Topics.DEAD_LETTERS));
        catalog.publishedTables().forEach(table -> topics.add(Topics.rows(catalog.source(), table.toString())));
        return topics;
    }

    /// Makes what is missing; a topic that is there stays as it is.
    ///
    /// @param replication -1 for the broker's own default
    /// @throws dev.rowcast.ingest.fault.FaultException when the broker is away or refuses
    public Log ensure(Collection<Topic<?, ?>> topics, short replication) {
        try (Admin admin = Admin.create(settings.admin())) {
            List<NewTopic> wanted =
                    topics.stream().map(topic -> topic.toNewTopic(replication)).toList();
            for (KafkaFuture<Void> made : admin.createTopics(wanted).values().values()) {
                await(made);
            }
            TopicDescription changes = admin.describeTopics(List.of(Topics.CHANGES.name()))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next();
            return new Log(changes.topicId().toString(), changes.partitions().size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KafkaFaults.of(FaultCode.BROKER_AWAY, "making topics", e);
        } catch (ExecutionException | KafkaException e) {
            throw KafkaFaults.of(
                    FaultCode.BROKER_AWAY,
                    "making topics at " + settings.bootstrapServers(),
                    e.getCause() == null ? e : e.getCause());
        }
    }

    /// What is wrong with the broker, if anything; changes nothing.
    public Optional<Fault> probe() {
        try (Admin admin = Admin.create(settings.admin())) {
            admin.describeCluster().clusterId().get();
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(fault(e));
        } catch (ExecutionException | KafkaException e) {
            return Optional.of(fault(e.getCause() == null ? e : e.getCause()));
        }
    }

    private Fault fault(Throwable cause) {
        return KafkaFaults.of(FaultCode.BROKER_AWAY, "asking " + settings.bootstrapServers(), cause)
                .fault();
    }

    private static void await(KafkaFuture<Void> made) throws InterruptedException, ExecutionException {
        try {
            made.get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }
}
