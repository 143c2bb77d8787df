/// The process of its own: configuration, health and metrics, with Spring.
@NullMarked
package dev.rowcast.ingest.app;

import org.jspecify.annotations.NullMarked;
