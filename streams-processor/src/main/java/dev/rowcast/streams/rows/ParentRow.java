package dev.rowcast.streams.rows;

import dev.rowcast.streams.history.Moment;
import java.util.Map;

/// What is known of a parent right before a change.
public sealed interface ParentRow {

    /// It was there.
    ///
    /// @param columns column to JSON text
    record Known(Map<String, String> columns) implements ParentRow {}

    /// It was there, and is gone. Its children may outlive it for a moment.
    ///
    /// @param columns the last ones
    /// @param gone since when
    record Gone(Map<String, String> columns, Moment gone) implements ParentRow {}

    /// It was never seen, or is not to be relied on any more.
    record Missing() implements ParentRow {}

    /// It is too long ago.
    record Unknown() implements ParentRow {}
}
