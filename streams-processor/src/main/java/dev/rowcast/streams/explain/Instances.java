package dev.rowcast.streams.explain;

import java.util.List;

/// The other instances of the streams processor.
@FunctionalInterface
public interface Instances {

    /// There is no other, or nobody knows.
    Instances ALONE = () -> List.of();

    /// Base URLs of their ports for operators, as far as they say them.
    List<String> others();
}
