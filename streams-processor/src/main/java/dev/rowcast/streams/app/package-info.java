/// The topology as a running thing.
@NullMarked
package dev.rowcast.streams.app;

import org.jspecify.annotations.NullMarked;
