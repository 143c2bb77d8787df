package dev.rowcast.bench.capture;

import dev.rowcast.bench.machine.Child;
/// One side: a process that captures the two tables into topics, from a slot of its own.

interface Capture extends AutoCloseable {

    /// The process, for its processor time and memory, and to hold it.
    Child child();

    /// Where the rows of a shape's table arrive.
    String rowTopic(Shape shape);

    /// How often it began anew by itself since it was started.
    int restarts();

    /// Ends the process and drops its slot.
    @Override
    void close() throws Exception;
}
