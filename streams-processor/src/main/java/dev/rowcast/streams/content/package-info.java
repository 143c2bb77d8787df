/// Events for direct consumers, as CloudEvents.
@NullMarked
package dev.rowcast.streams.content;

import org.jspecify.annotations.NullMarked;
