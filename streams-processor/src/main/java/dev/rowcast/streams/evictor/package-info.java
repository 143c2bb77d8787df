/// Evictions from the log to the caches' server, each piece once and in order, whoever else does the same.
@NullMarked
package dev.rowcast.streams.evictor;

import org.jspecify.annotations.NullMarked;
