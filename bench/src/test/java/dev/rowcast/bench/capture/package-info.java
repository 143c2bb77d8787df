@NullMarked
package dev.rowcast.bench.capture;

import org.jspecify.annotations.NullMarked;
