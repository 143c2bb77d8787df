/// The streams processor as a process of its own.
@NullMarked
package dev.rowcast.streams.app.server;

import org.jspecify.annotations.NullMarked;
