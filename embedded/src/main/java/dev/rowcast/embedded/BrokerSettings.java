package dev.rowcast.embedded;

import java.nio.file.Path;
import java.util.Map;

/// The settings of the embedded broker, each with its reason.
final class BrokerSettings {
    static final int NODE_ID = 1;
    static final String CONTROLLER = "CONTROLLER";

    private BrokerSettings() {}

    static Map<String, String> of(Path folder, int port, int controllerPort) {
        return Map.ofEntries(
                // Broker and controller in one.
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", Integer.toString(NODE_ID)),
                Map.entry("controller.quorum.voters", "%d@%s:%d".formatted(NODE_ID, Ports.HOST, controllerPort)),
                Map.entry(
                        "listeners",
                        "PLAINTEXT://%s:%d,%s://%s:%d"
                                .formatted(Ports.HOST, port, CONTROLLER, Ports.HOST, controllerPort)),
                Map.entry("controller.listener.names", CONTROLLER),
                Map.entry("log.dirs", folder.toString()),
                // Nobody to replicate to.
                Map.entry("default.replication.factor", "1"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                // A topic that nobody declared is a mistake.
                Map.entry("auto.create.topics.enable", "false"),
                // After a kill the new incarnation waits for the session of the old one to end.
                Map.entry("broker.session.timeout.ms", "2000"),
                Map.entry("broker.heartbeat.interval.ms", "500"),
                // Groups form at once; consumers that die are missed soon.
                Map.entry("group.initial.rebalance.delay.ms", "0"),
                // An open transaction holds back every read_committed reader: end forgotten ones soon.
                Map.entry("transaction.max.timeout.ms", "60000"),
                Map.entry("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"),
                // Few partitions, threads and buffers: one developer, one machine.
                Map.entry("offsets.topic.num.partitions", "4"),
                Map.entry("transaction.state.log.num.partitions", "4"),
                Map.entry("share.coordinator.state.topic.num.partitions", "1"),
                Map.entry("num.network.threads", "2"),
                Map.entry("num.io.threads", "2"),
                Map.entry("background.threads", "2"),
                Map.entry("num.recovery.threads.per.data.dir", "1"),
                Map.entry("group.coordinator.threads", "1"),
                Map.entry("share.coordinator.threads", "1"),
                Map.entry("log.cleaner.threads", "1"),
                Map.entry("log.cleaner.dedupe.buffer.size", "4194304"),
                // Nothing to balance; and the metadata log needs no heartbeat of its own twice a second.
                Map.entry("auto.leader.rebalance.enable", "false"),
                Map.entry("metadata.max.idle.interval.ms", "5000"));
    }
}
