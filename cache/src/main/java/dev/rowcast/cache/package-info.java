/// A cache that is never staler than its reader allows. See `docs/concepts/cache.md`.
@NullMarked
package dev.rowcast.cache;

import org.jspecify.annotations.NullMarked;
