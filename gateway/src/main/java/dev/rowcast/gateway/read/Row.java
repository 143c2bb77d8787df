package dev.rowcast.gateway.read;

import java.util.List;
import java.util.Optional;

/// A row of an answer, as texts.
///
/// @param first is never null
record Row(String first, List<Optional<String>> more) {}
