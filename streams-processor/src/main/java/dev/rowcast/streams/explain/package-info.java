/// What operators may ask of a running topology, and why a change did or did not reach somebody.
@NullMarked
package dev.rowcast.streams.explain;

import org.jspecify.annotations.NullMarked;
