/// The second source of changes: events that applications publish, which wait in `rowcast.inbox`.
@NullMarked
package dev.rowcast.ingest.inbox;

import org.jspecify.annotations.NullMarked;
