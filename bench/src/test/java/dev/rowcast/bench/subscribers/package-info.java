@NullMarked
package dev.rowcast.bench.subscribers;

import org.jspecify.annotations.NullMarked;
