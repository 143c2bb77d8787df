package dev.rowcast.standalone.init;

import dev.rowcast.schemas.catalog.TableName;
import java.util.List;
import java.util.Optional;

/// A catalog that was guessed.
///
/// @param tenant the tenancy column; empty for one tenant named `default`
/// @param types the channel types, in the order in which they are used
/// @param rules one for each table that is in it
/// @param guesses what was guessed and why, for people
/// @param leftOut which tables are not in it and why, for people
record Draft(
        String source,
        Optional<String> tenant,
        List<Type> types,
        List<Rule> rules,
        List<String> guesses,
        List<String> leftOut) {

    /// A channel type; with members where a table of memberships was found.
    record Type(String name, Optional<Members> members) {}

    record Members(TableName table, String channel, String principal, Optional<String> role) {}

    /// A table's rule.
    ///
    /// @param event the column that names the type of an event; empty for entities
    /// @param parent the parent's table and the column that points to it
    /// @param candidates columns that could be delivered, none of which looks personal
    record Rule(
            TableName table,
            String entity,
            Optional<String> event,
            Optional<Parent> parent,
            List<String> channels,
            List<String> evict,
            List<String> candidates,
            FoundTable found) {}

    record Parent(TableName table, String by) {}
}
