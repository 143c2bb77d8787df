/// Reading `rowcast.changes` beside the topology's own input.
@NullMarked
package dev.rowcast.streams.log;

import org.jspecify.annotations.NullMarked;
