/// The gateway alone: what a delivery costs, how late it comes, what a connection keeps, and what the trouble of one
/// client is to the others.
@NullMarked
package dev.rowcast.bench.fanout;

import org.jspecify.annotations.NullMarked;
