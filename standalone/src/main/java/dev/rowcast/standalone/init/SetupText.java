package dev.rowcast.standalone.init;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Writes the SQL that a draft still needs: Rowcast's own tables, old rows in the log, the publication. A second run
/// changes nothing.
final class SetupText {

    private SetupText() {}

    /// @param setup the text of `infra/postgres/setup.sql`
    static String of(Draft draft, String setup) {
        String publication = "rowcast_" + draft.source();
        StringBuilder text = new StringBuilder("""
                -- What rowcast.yaml needs in the database. Run it as the owner of the tables:
                --   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f THIS_FILE
                -- For production, infra/postgres/role.sql then makes the role that ingest connects with.

                """);
        text.append(setup).append('\n');
        text.append("-- The log must hold old rows whole: who must hear of a change depends on where the row was.\n");
        for (Draft.Rule rule : draft.rules()) {
            if (rule.event().isEmpty() && !rule.found().fullIdentity()) {
                identity(text, rule);
            }
        }
        boolean partitioned =
                draft.rules().stream().anyMatch(rule -> !rule.found().leaves().isEmpty());
        List<String> tables = new ArrayList<>();
        draft.rules().forEach(rule -> tables.add(rule.table().toSql()));
        tables.addAll(List.of("rowcast.api_keys", "rowcast.heartbeat"));
        text.append("""

                -- What the slot sends.
                do $$
                declare
                  captured regclass;
                begin
                  if not exists (select from pg_publication where pubname = '%1$s') then
                    create publication %1$s%2$s;
                  end if;
                  foreach captured in array array[
                    %3$s
                  ]::regclass[]
                  loop
                    if not exists (
                      select from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
                      where p.pubname = '%1$s' and r.prrelid = captured
                    ) then
                      execute format('alter publication %1$s add table %%s', captured);
                    end if;
                  end loop;
                end
                $$;
                """.formatted(
                        publication,
                        partitioned ? " with (publish_via_partition_root = true)" : "",
                        tables.stream().map(table -> "'" + table + "'").collect(Collectors.joining(",\n    "))));
        return text.toString();
    }

    private static void identity(StringBuilder text, Draft.Rule rule) {
        List<String> tables = new ArrayList<>(List.of(rule.table().toSql()));
        tables.addAll(rule.found().leaves());
        tables.forEach(table -> text.append("alter table ").append(table).append(" replica identity full;\n"));
    }
}
