package dev.rowcast.streams.render;

import java.util.Optional;

/// A change as the wire protocol says it, without a cursor.
///
/// @param keys the message for keys mode
/// @param rows the message for rows mode; empty where keys mode's serves both
public record Texts(String keys, Optional<String> rows) {}
