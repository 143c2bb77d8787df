/// The streams processor in a process of its own.
@NullMarked
package dev.rowcast.bench.processor;

import org.jspecify.annotations.NullMarked;
