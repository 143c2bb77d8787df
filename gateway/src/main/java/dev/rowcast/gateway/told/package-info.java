/// What clients of this node were told of late.
@NullMarked
package dev.rowcast.gateway.told;

import org.jspecify.annotations.NullMarked;
