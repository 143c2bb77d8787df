@NullMarked
package dev.rowcast.bench.fanout;

import org.jspecify.annotations.NullMarked;
