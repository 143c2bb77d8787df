/// What one process caches for itself.
@NullMarked
package dev.rowcast.cache.local;

import org.jspecify.annotations.NullMarked;
