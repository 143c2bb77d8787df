/// The way to Redis: bounded, timed, and refused at once while Redis does not answer.
@NullMarked
package dev.rowcast.cache.redis;

import org.jspecify.annotations.NullMarked;
