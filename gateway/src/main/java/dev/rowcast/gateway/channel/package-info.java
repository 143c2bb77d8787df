/// The fan-out core: connections and the index of who wants what, each confined to one event loop.
@NullMarked
package dev.rowcast.gateway.channel;

import org.jspecify.annotations.NullMarked;
