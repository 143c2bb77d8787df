package dev.rowcast.streams.evictor;

/// The topics as they are now.
///
/// @param id Kafka's, of `rowcast.evictions`: offsets of one with another id mean something else
/// @param inputs partitions of `rowcast.changes`
record LogTopic(String id, int inputs) {}
