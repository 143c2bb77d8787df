/// The node's reading of `rowcast.deliveries` and its commands to the topology.
@NullMarked
package dev.rowcast.gateway.feed;

import org.jspecify.annotations.NullMarked;
