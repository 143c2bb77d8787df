@NullMarked
package dev.rowcast.bench.cache;

import org.jspecify.annotations.NullMarked;
