/// The log of evictions, as those who empty caches read it.
@NullMarked
package dev.rowcast.cache.log;

import org.jspecify.annotations.NullMarked;
