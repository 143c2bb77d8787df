/// What all nodes cache together, in Redis: four scripts, each one step there.
@NullMarked
package dev.rowcast.cache.shared;

import org.jspecify.annotations.NullMarked;
