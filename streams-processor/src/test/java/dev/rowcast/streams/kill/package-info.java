/// Real processes on a real broker, killed in rotation, against a second opinion.
@NullMarked
package dev.rowcast.streams.kill;

import org.jspecify.annotations.NullMarked;
