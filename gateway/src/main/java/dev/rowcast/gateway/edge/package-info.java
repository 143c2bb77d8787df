/// HTTP and WebSocket on the outside; the one place that knows how Reactor Netty is built.
@NullMarked
package dev.rowcast.gateway.edge;

import org.jspecify.annotations.NullMarked;
