/// A server that does nothing but write what it gets to all of its clients, as the gateway does it: one buffer for all,
/// one write and one flush for each turn of the loop.
@NullMarked
package dev.rowcast.bench.bare;

import org.jspecify.annotations.NullMarked;
