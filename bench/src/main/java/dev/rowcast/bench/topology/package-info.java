/// The topology alone: what a task can do, how soon it does it, what it keeps, and how long it is silent when its
/// process ends.
@NullMarked
package dev.rowcast.bench.topology;

import org.jspecify.annotations.NullMarked;
