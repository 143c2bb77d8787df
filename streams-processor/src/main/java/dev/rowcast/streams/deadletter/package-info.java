/// Records that cannot be processed, and dependencies that cannot be reached.
@NullMarked
package dev.rowcast.streams.deadletter;

import org.jspecify.annotations.NullMarked;
