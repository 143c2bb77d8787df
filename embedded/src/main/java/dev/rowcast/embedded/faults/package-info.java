/// What goes wrong between a client and a part, for tests and measurements.
@NullMarked
package dev.rowcast.embedded.faults;

import org.jspecify.annotations.NullMarked;
