@NullMarked
package dev.rowcast.bench.topology;

import org.jspecify.annotations.NullMarked;
