package dev.rowcast.schemas.catalog;

/// What the subscribers of a channel may know of each other.
public enum Presence {
    /// Nothing. The default.
    NONE,
    /// How many principals are subscribed.
    COUNT,
    /// How many, and the ids of the users among them.
    MEMBERS
}
