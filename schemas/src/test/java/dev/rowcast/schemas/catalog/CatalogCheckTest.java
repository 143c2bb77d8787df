package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.catalog.DatabaseShape.Column;
import dev.rowcast.schemas.catalog.DatabaseShape.ReplicaIdentity;
import dev.rowcast.schemas.catalog.DatabaseShape.Table;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Each test breaks one thing of a database that fits, and reads the statement that mends it.
class CatalogCheckTest {
    private static final TableName SOURCES = TableName.parse("public.sources");
    private static final TableName NOTES = TableName.parse("public.notes");
    private static final TableName UPDATES = TableName.parse("public.updates");
    private static final TableName MEMBERS = TableName.parse("public.vault_members");

    private final Catalog catalog = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: members, members: {table: public.vault_members, channel: vault_id, principal: user_id}}
              site: {access: tenant}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], deliver: [id, title]}
              public.notes: {entity: note, parent: {table: public.sources, by: source_id},
                             channels: ["vault:{parent.vault_id}"]}
              public.updates: {event: "{kind}", channels: ["site:{site_id}"], insert-only: true}
            """);

    private final Map<TableName, Table> tables = new HashMap<>();
    private Optional<Set<TableName>> publication;
    private String walLevel = "logical";

    CatalogCheckTest() {
        tables.put(SOURCES, table(List.of("id"), "id bigint", "site_id text", "vault_id bigint", "title text"));
        tables.put(NOTES, table(List.of("id"), "id bigint", "site_id text", "source_id bigint"));
        tables.put(UPDATES, table(List.of("id"), "id bigint", "site_id text", "kind text"));
        tables.put(MEMBERS, table(List.of("id"), "id bigint", "site_id text", "vault_id bigint", "user_id text"));
        Catalog.OWN_TABLES.forEach(own -> tables.put(own, table(List.of("id"), "id text")));
        publication = Optional.of(new HashSet<>(tables.keySet()));
    }

    @Test
    void aDatabaseThatFitsHasNoProblem() {
        assertThat(problems()).isEmpty();
    }

    @Test
    void columnsThatTheCatalogDoesNotNameDoNotMatter() {
        tables.put(
                SOURCES,
                table(List.of("id"), "id bigint", "site_id text", "vault_id bigint", "title text", "secret bytea"));

        assertThat(problems()).isEmpty();
    }

    @Test
    void aWalLevelOtherThanLogicalIsToldWithTheStatement() {
        walLevel = "replica";

        assertThat(problems())
                .containsExactly(new DatabaseProblem(
                        DatabaseCode.WAL_LEVEL,
                        "wal_level is replica",
                        "set it and restart Postgres",
                        List.of("ALTER SYSTEM SET wal_level = 'logical';")));
    }

    @Test
    void aMissingPublicationIsCreatedWithEveryTable() {
        publication = Optional.empty();

        DatabaseProblem problem = onlyProblem(DatabaseCode.PUBLICATION_MISSING);
        assertThat(problem.message()).isEqualTo("publication rowcast_app does not exist");
        assertThat(problem.sql())
                .containsExactly("CREATE PUBLICATION rowcast_app FOR TABLE public.sources, public.notes,"
                        + " public.updates, public.vault_members, rowcast.api_keys, rowcast.heartbeat;");
    }

    @Test
    void theStatementForAMissingPublicationLeavesOutTablesThatDoNotExist() {
        publication = Optional.empty();
        tables.remove(NOTES);

        assertThat(problems())
                .extracting(DatabaseProblem::code)
                .containsExactly(DatabaseCode.PUBLICATION_MISSING, DatabaseCode.TABLE_MISSING);
        assertThat(problems().getFirst().sql().getFirst()).doesNotContain("public.notes");
    }

    @Test
    void aTableThatIsNotPublishedIsAdded() {
        publication.orElseThrow().remove(MEMBERS);

        assertThat(onlyProblem(DatabaseCode.TABLE_NOT_PUBLISHED).sql())
                .containsExactly("ALTER PUBLICATION rowcast_app ADD TABLE public.vault_members;");
    }

    @Test
    void rowcastsOwnTablesMustBePublishedToo() {
        publication.orElseThrow().remove(TableName.parse("rowcast.api_keys"));

        assertThat(onlyProblem(DatabaseCode.TABLE_NOT_PUBLISHED).sql())
                .containsExactly("ALTER PUBLICATION rowcast_app ADD TABLE rowcast.api_keys;");
    }

    @Test
    void aPublishedTableThatTheCatalogDoesNotNameIsTold() {
        publication.orElseThrow().add(TableName.parse("public.Invoice"));

        DatabaseProblem problem = onlyProblem(DatabaseCode.TABLE_NOT_IN_CATALOG);
        assertThat(problem.message()).isEqualTo("public.Invoice is in publication rowcast_app and not in the catalog");
        assertThat(problem.sql()).containsExactly("ALTER PUBLICATION rowcast_app DROP TABLE public.\"Invoice\";");
    }

    @Test
    void aMissingTableNamesTheOneThatWasMeant() {
        tables.put(TableName.parse("public.updatess"), tables.remove(UPDATES));
        publication.orElseThrow().remove(UPDATES);

        DatabaseProblem problem = onlyProblem(DatabaseCode.TABLE_MISSING);
        assertThat(problem)
                .hasToString("public.updates does not exist; did you mean \"public.updatess\"? [TABLE_MISSING]");
    }

    @Test
    void aMissingTableOfRowcastsOwnPointsToTheSetUp() {
        tables.remove(TableName.parse("rowcast.heartbeat"));

        assertThat(onlyProblem(DatabaseCode.TABLE_MISSING).fix()).isEqualTo("run infra/postgres/setup.sql");
    }

    @Test
    void aMissingColumnNamesTheOneThatWasMeant() {
        tables.put(SOURCES, table(List.of("id"), "id bigint", "site_id text", "vaultid bigint", "title text"));

        assertThat(onlyProblem(DatabaseCode.COLUMN_MISSING))
                .hasToString("public.sources has no column vault_id; did you mean \"vaultid\"? [COLUMN_MISSING]");
    }

    @Test
    void theTenancyColumnIsMissedInAMembersTableToo() {
        tables.put(MEMBERS, table(List.of("id"), "id bigint", "vault_id bigint", "user_id text"));

        assertThat(onlyProblem(DatabaseCode.COLUMN_MISSING).message())
                .isEqualTo("public.vault_members has no column site_id");
    }

    @Test
    void aColumnWithoutPlainTextCannotBePartOfAName() {
        tables.put(UPDATES, table(List.of("id"), "id bigint", "site_id text", "kind jsonb"));

        assertThat(onlyProblem(DatabaseCode.COLUMN_TYPE).message())
                .isEqualTo("public.updates.kind is jsonb, which cannot be part of a name");
    }

    @Test
    void aColumnWithoutPlainTextCanBeDelivered() {
        tables.put(SOURCES, table(List.of("id"), "id bigint", "site_id text", "vault_id bigint", "title text[]"));

        assertThat(problems()).isEmpty();
    }

    @Test
    void aTenancyColumnThatMayBeNullIsTold() {
        tables.put(NOTES, table(List.of("id"), "id bigint", "site_id text null", "source_id bigint"));

        assertThat(onlyProblem(DatabaseCode.TENANCY_NULLABLE).sql())
                .containsExactly("ALTER TABLE public.notes ALTER COLUMN site_id SET NOT NULL;");
    }

    @Test
    void aTableWithoutPrimaryKeyGetsItsIdAsOne() {
        tables.put(NOTES, table(List.of(), "id bigint", "site_id text", "source_id bigint"));

        assertThat(onlyProblem(DatabaseCode.PRIMARY_KEY_MISSING).sql())
                .containsExactly("ALTER TABLE public.notes ADD PRIMARY KEY (id);");
    }

    @Test
    void aTableWithoutPrimaryKeyAndIdGetsBoth() {
        tables.put(NOTES, table(List.of(), "site_id text", "source_id bigint"));

        assertThat(onlyProblem(DatabaseCode.PRIMARY_KEY_MISSING).sql())
                .containsExactly(
                        "ALTER TABLE public.notes ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;");
    }

    @Test
    void aMembersTableWithoutPrimaryKeyGetsItsMembershipAsOne() {
        tables.put(MEMBERS, table(List.of(), "site_id text", "vault_id bigint", "user_id text"));

        assertThat(onlyProblem(DatabaseCode.PRIMARY_KEY_MISSING).sql())
                .containsExactly("ALTER TABLE public.vault_members ADD PRIMARY KEY (vault_id, user_id);");
    }

    @Test
    void aParentNeedsAKeyOfOneColumn() {
        tables.put(
                SOURCES, table(List.of("site_id", "id"), "id bigint", "site_id text", "vault_id bigint", "title text"));

        assertThat(onlyProblem(DatabaseCode.PARENT_KEY).message())
                .isEqualTo("public.sources is a parent and its primary key is (site_id, id)");
    }

    @Test
    void anOldRowWithoutRoutingAndDeliveredColumnsIsToldWithTheStatement() {
        identity(SOURCES, new ReplicaIdentity.Default());

        assertThat(onlyProblem(DatabaseCode.REPLICA_IDENTITY))
                .isEqualTo(new DatabaseProblem(
                        DatabaseCode.REPLICA_IDENTITY,
                        "the old row of public.sources lacks site_id, vault_id, title in the log",
                        "log the whole old row",
                        List.of("ALTER TABLE public.sources REPLICA IDENTITY FULL;")));
    }

    @Test
    void anIndexThatHoldsAllThatIsNeededIsEnough() {
        identity(NOTES, new ReplicaIdentity.Index(Set.of("id", "site_id", "source_id")));

        assertThat(problems()).isEmpty();
    }

    @Test
    void anIndexWithoutThePrimaryKeyIsNotEnough() {
        identity(NOTES, new ReplicaIdentity.Index(Set.of("site_id", "source_id")));

        assertThat(onlyProblem(DatabaseCode.REPLICA_IDENTITY).message())
                .isEqualTo("the old row of public.notes lacks id in the log");
    }

    @Test
    void thePrimaryKeyAloneIsEnoughWhereItHoldsAllThatIsNeeded() {
        tables.put(
                NOTES, table(List.of("site_id", "source_id", "id"), "id bigint", "site_id text", "source_id bigint"));
        identity(NOTES, new ReplicaIdentity.Default());

        assertThat(problems()).isEmpty();
    }

    @Test
    void anInsertOnlyTableNeedsNoOldRow() {
        identity(UPDATES, new ReplicaIdentity.Default());

        assertThat(problems()).isEmpty();
    }

    @Test
    void anInsertOnlyTableMustStillAdmitTheApplicationsDeletes() {
        identity(UPDATES, new ReplicaIdentity.Nothing());

        assertThat(onlyProblem(DatabaseCode.REPLICA_IDENTITY).sql())
                .containsExactly("ALTER TABLE public.updates REPLICA IDENTITY DEFAULT;");
    }

    @Test
    void aMembersTableNeedsItsOldRow() {
        identity(MEMBERS, new ReplicaIdentity.Nothing());

        assertThat(onlyProblem(DatabaseCode.REPLICA_IDENTITY).sql())
                .containsExactly("ALTER TABLE public.vault_members REPLICA IDENTITY FULL;");
    }

    private List<DatabaseProblem> problems() {
        return CatalogCheck.problems(catalog, new DatabaseShape(tables, publication, walLevel));
    }

    private DatabaseProblem onlyProblem(DatabaseCode code) {
        List<DatabaseProblem> problems = problems();
        assertThat(problems).extracting(DatabaseProblem::code).containsExactly(code);
        return problems.getFirst();
    }

    private void identity(TableName name, ReplicaIdentity identity) {
        tables.computeIfPresent(name, (same, table) -> new Table(table.columns(), table.primaryKey(), identity));
    }

    /// A column is `name type`, not null, or `name type null`.
    private static Table table(List<String> primaryKey, String... columns) {
        Map<String, Column> byName = new LinkedHashMap<>();
        for (String column : columns) {
            String[] words = column.split(" ");
            byName.put(words[0], new Column(words[1], words.length > 2));
        }
        return new Table(byName, primaryKey, new ReplicaIdentity.Full());
    }
}
