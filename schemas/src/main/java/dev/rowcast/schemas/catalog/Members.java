package dev.rowcast.schemas.catalog;

import java.util.Optional;

/// The table whose rows say who is a member of which channel. It is captured, and need not be in `tables`.
///
/// @param channel the column that holds the channel's id: what follows the channel type and its colon
/// @param principal the column that holds the principal: a token's `sub`, or an API key's id
/// @param role the column that holds the member's role, where there is one
public record Members(TableName table, String channel, String principal, Optional<String> role) {
    /// @throws IllegalArgumentException when a column is no Postgres name
    public Members {
        Names.IDENTIFIER.check(channel);
        Names.IDENTIFIER.check(principal);
        role.ifPresent(Names.IDENTIFIER::check);
    }
}
