/// The database's side: who holds the slot, where it stands, the heartbeat, and the shape of the tables.
@NullMarked
package dev.rowcast.ingest.slot;

import org.jspecify.annotations.NullMarked;
