package dev.rowcast.schemas.inbox;

/// What gateways and ingest agree on about `rowcast.inbox`.
public final class Inbox {

    /// The consumer group under whose name Kafka keeps how far ingest has ordered. Nobody ever joins it: ingest
    /// assigns itself every partition, and commits in its own transactions.
    public static final String GROUP = "rowcast-inbox";

    /// The Kafka header that carries a W3C trace context from the publisher's request into `rowcast.changes`.
    public static final String TRACEPARENT = "traceparent";

    /// The Kafka header that names the job that a record is part of: 16 bytes, opaque. Dead letters keep it.
    public static final String JOB = "rowcast-job";

    /// The Kafka header that says which event of its job a record is, from 0, as text.
    public static final String INDEX = "rowcast-index";

    private Inbox() {}
}
