/// Wiring: Spring, configuration, start and stop.
@NullMarked
package dev.rowcast.gateway.app;

import org.jspecify.annotations.NullMarked;
