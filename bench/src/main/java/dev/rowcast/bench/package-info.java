/// Measurements of the whole path, each with the command that repeats it.
@NullMarked
package dev.rowcast.bench;

import org.jspecify.annotations.NullMarked;
