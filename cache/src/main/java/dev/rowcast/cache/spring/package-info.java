/// `@Cacheable` with a cache that is never stale, by configuration alone.
@NullMarked
package dev.rowcast.cache.spring;

import org.jspecify.annotations.NullMarked;
