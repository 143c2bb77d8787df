/// Debezium, and the handler that turns its batches into Kafka transactions.
@NullMarked
package dev.rowcast.ingest.engine;

import org.jspecify.annotations.NullMarked;
