/// Positions in the log, as the topology keeps them.
@NullMarked
package dev.rowcast.streams.ordering;

import org.jspecify.annotations.NullMarked;
