/// Changes as messages of the wire protocol, rendered once.
@NullMarked
package dev.rowcast.streams.render;

import org.jspecify.annotations.NullMarked;
