package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.check.Prerequisite;

/// What is looked at beside the database.
public enum ServiceCheck implements Prerequisite {
    CATALOG("catalog.valid", "Catalog"),
    KAFKA("kafka.reachable", "Brokers"),
    KAFKA_SETTINGS("kafka.settings", "Broker settings"),
    KAFKA_AUTO_CREATE("kafka.auto_create", "Topic creation"),
    KAFKA_MESSAGE_SIZE("kafka.message_size", "Record size"),
    KAFKA_TRANSACTIONS("kafka.transactions", "Transactions"),
    KAFKA_COPIES("kafka.copies", "Copies"),
    KAFKA_TOPICS("kafka.topics", "Topics"),
    KAFKA_PARTITIONS("kafka.partitions", "Partitions"),
    KAFKA_RETENTION("kafka.retention", "Retention"),
    KAFKA_HANGING_TRANSACTIONS("kafka.hanging_transactions", "Hanging transactions"),
    REGISTRY("registry.reachable", "Registry"),
    REGISTRY_COMPATIBILITY("registry.compatibility", "Compatibility"),
    REDIS("redis.reachable", "Redis"),
    REDIS_VERSION("redis.version", "Version"),
    REDIS_CLUSTER("redis.cluster", "Cluster"),
    REDIS_ROLE("redis.role", "Role"),
    REDIS_EVICTION("redis.eviction", "Eviction"),
    REDIS_PERSISTENCE("redis.persistence", "Persistence"),
    ROW_SECURITY("gateway.row_security", "Row security"),
    GATEWAY("gateway.ready", "Gateway");

    private final String id;
    private final String title;

    ServiceCheck(String id, String title) {
        this.id = id;
        this.title = title;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return title;
    }
}
