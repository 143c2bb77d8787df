package dev.rowcast.gateway.publish;

import java.time.Instant;

/// One request that was taken: where its events stand in `rowcast.inbox`. Its id says all of that, so no node need
/// remember it.
///
/// @param mark on its records, and on their dead letters; 16 bytes in hex
/// @param takenAt when it was taken
/// @param topic the hash of the inbox's id, because offsets mean nothing in a topic that was made anew; or [#ANY_TOPIC]
/// @param partition of the inbox
/// @param last offset of its last event
record Job(String mark, Instant takenAt, int topic, int partition, long last) {

    /// It was not known which.
    static final int ANY_TOPIC = 0;
}
