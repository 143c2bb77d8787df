/// What can keep ingest from running, each with a stable code and what mends it.
@NullMarked
package dev.rowcast.ingest.fault;

import org.jspecify.annotations.NullMarked;
