@NullMarked
package dev.rowcast.bench.machine;

import org.jspecify.annotations.NullMarked;
