/// Avro in Confluent's wire format, with the schemas in any registry that speaks Confluent's REST API.
@NullMarked
package dev.rowcast.schemas.registry;

import org.jspecify.annotations.NullMarked;
