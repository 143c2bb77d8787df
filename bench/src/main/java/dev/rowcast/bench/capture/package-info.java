/// Capture into Kafka, ours beside Debezium on a worker of Kafka Connect.
@NullMarked
package dev.rowcast.bench.capture;

import org.jspecify.annotations.NullMarked;
