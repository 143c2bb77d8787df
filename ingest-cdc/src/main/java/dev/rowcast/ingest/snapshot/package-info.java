/// Where a run begins: with a first snapshot, or where the last one stopped.
@NullMarked
package dev.rowcast.ingest.snapshot;

import org.jspecify.annotations.NullMarked;
