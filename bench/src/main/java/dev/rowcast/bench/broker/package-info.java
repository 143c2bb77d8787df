/// A Kafka broker and a schema registry in a process of their own.
@NullMarked
package dev.rowcast.bench.broker;

import org.jspecify.annotations.NullMarked;
