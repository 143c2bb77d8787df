/// The topology: who must know of a change.
@NullMarked
package dev.rowcast.streams.audience;

import org.jspecify.annotations.NullMarked;
