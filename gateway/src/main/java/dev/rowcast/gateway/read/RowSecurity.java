package dev.rowcast.gateway.read;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Reading as somebody: what the database's policies are told of who asks, for one transaction, and which
/// tables must be under policies there. Who has no token is nobody to them: settings that are empty, never
/// those of another reader, and never the id of a key, which could be a user's.
///
/// @param claims for `request.jwt.claims`: what the token says, `{}` without one
/// @param user for `app.current_user_id`: the token's subject, empty without one
/// @param tables those that the catalog wants under row level security; at least one
record RowSecurity(String claims, String user, List<TableName> tables) {

    private static final String NONE = "{}";

    RowSecurity {
        tables = List.copyOf(tables);
    }

    /// @param tables that are read
    /// @return empty where the catalog wants none of them under row level security
    static Optional<RowSecurity> of(Catalog catalog, Identity identity, Collection<TableName> tables) {
        List<TableName> under = tables.stream()
                .filter(table -> catalog.table(table)
                        .filter(rule -> rule.reads().rowSecurity())
                        .isPresent())
                .distinct()
                .toList();
        Principal principal = identity.principal();
        return under.isEmpty()
                ? Optional.empty()
                : Optional.of(new RowSecurity(
                        identity.claims().orElse(NONE),
                        principal.kind() == Principal.Kind.USER ? principal.id() : "",
                        under));
    }

    /// What a transaction begins with. The settings end with it, however it ends: nothing of them is left on
    /// the connection for who comes next.
    Where opening() {
        String open = tables.stream()
                .map(table -> "case when not row_security_active('%s') then '%s' end".formatted(table.toSql(), table))
                .collect(Collectors.joining(", "));
        return Where.of("""
                select concat_ws(', ', %s), current_user::text, \
                set_config('request.jwt.claims', ?, true), set_config('app.current_user_id', ?, true)""".formatted(open), claims, user);
    }

    /// @param answer to [#opening]
    /// @throws RowSecurityOffException when rows of a table would come whatever its policies say
    void check(Row answer) throws RowSecurityOffException {
        if (!answer.first().isEmpty()) {
            throw new RowSecurityOffException(
                    answer.first(), answer.more().getFirst().orElse(""));
        }
    }
}
