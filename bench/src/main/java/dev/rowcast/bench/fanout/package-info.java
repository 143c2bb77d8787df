/// The gateway alone: what a delivery costs, how late it comes, what a connection keeps, and what one client's trouble
/// is
/// to the others.
@NullMarked
package dev.rowcast.bench.fanout;

import org.jspecify.annotations.NullMarked;
