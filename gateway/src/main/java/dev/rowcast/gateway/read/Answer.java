package dev.rowcast.gateway.read;

import dev.rowcast.cache.CacheStatus;

/// What a read gave.
///
/// @param body as JSON, in UTF-8; shared with others: never change it
/// @param status where it came from
/// @param detail why, in one word; empty when there is nothing to say
record Answer(byte[] body, CacheStatus status, String detail) {}
