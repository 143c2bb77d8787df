/// Thousands of clients of a gateway in one event loop, each of which sees whether it has everything once and in order.
@NullMarked
package dev.rowcast.bench.subscribers;

import org.jspecify.annotations.NullMarked;
