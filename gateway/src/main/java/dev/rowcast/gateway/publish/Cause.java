package dev.rowcast.gateway.publish;

import java.util.Optional;

/// What events come from, for whoever looks for it later.
///
/// @param request its name in logs
/// @param traceparent the trace that it is part of, as W3C writes it
record Cause(String request, Optional<String> traceparent) {}
