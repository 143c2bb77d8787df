/// The Kafka side: one transaction holds raw rows, changes and progress.
@NullMarked
package dev.rowcast.ingest.publish;

import org.jspecify.annotations.NullMarked;
