/// A schema registry of ours: Confluent's REST API for Avro schemas, kept in the compacted topic `_schemas`.
///
/// Small on purpose: no references, no contexts, no JSON Schema or Protobuf, one writer. Records in the topic
/// have the layout that other registries use, so that they can take the topic over.
@NullMarked
package dev.rowcast.embedded.registry;

import org.jspecify.annotations.NullMarked;
