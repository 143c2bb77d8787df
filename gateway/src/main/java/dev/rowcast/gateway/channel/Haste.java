package dev.rowcast.gateway.channel;

/// What is written first.
enum Haste {
    /// Answers, and whatever ends something.
    CONTROL,
    /// What happens now.
    LIVE,
    /// What happened before the client came back.
    CATCH_UP
}
