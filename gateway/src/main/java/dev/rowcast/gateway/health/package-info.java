/// Whether the node is alive, ready, and what it delivered.
@NullMarked
package dev.rowcast.gateway.health;

import org.jspecify.annotations.NullMarked;
