/// What changes make stale in caches.
@NullMarked
package dev.rowcast.streams.eviction;

import org.jspecify.annotations.NullMarked;
