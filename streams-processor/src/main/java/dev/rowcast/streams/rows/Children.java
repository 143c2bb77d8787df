package dev.rowcast.streams.rows;

import dev.rowcast.streams.history.Moment;
import java.util.List;
import java.util.Map;

/// The children that a row has right before a change.
public sealed interface Children {

    /// All of them.
    record All(List<Child> children) implements Children {}

    /// More than are told one by one.
    record TooMany() implements Children {}

    /// It is not known which.
    record Unknown() implements Children {}

    /// @param key its primary key as text
    /// @param columns those that are kept: column to JSON text
    /// @param since when it was last seen to change
    record Child(String key, Map<String, String> columns, Moment since) {}
}
