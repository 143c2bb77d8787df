package dev.rowcast.schemas.catalog;

/// Who may read a channel type. In every case only inside the tenant: nobody reads another tenant's channels.
public enum Access {
    /// Principals that have a row for the channel in its members table.
    MEMBERS,
    /// Every identified principal of the tenant: a user whose token has a `sub`, or an API key.
    TENANT,
    /// As [#TENANT], and in addition the tenant's anonymous credentials: tokens without a `sub`.
    PUBLIC
}
