package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.catalog.DatabaseShape.Column;
import dev.rowcast.schemas.catalog.DatabaseShape.Partitioning;
import dev.rowcast.schemas.catalog.DatabaseShape.Publication;
import dev.rowcast.schemas.catalog.DatabaseShape.ReplicaIdentity;
import dev.rowcast.schemas.catalog.DatabaseShape.Sent;
import dev.rowcast.schemas.catalog.DatabaseShape.Table;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    private Set<String> unsent = Set.of();
    private boolean named = true;
    private boolean viaRoot;
    private final Map<TableName, Sent> sent = new HashMap<>();
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
    void aColumnThatIsOnlyReadMustBeThereAndNeedNotBeInTheOldRow() {
        Catalog reading = Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {column: site_id}
                channels: {site: {access: tenant}}
                tables:
                  public.sources: {entity: source, channels: ["site:{site_id}"], read: {columns: [title, owner]}}
                """);
        Table narrow = table(List.of("id"), "id bigint", "site_id text", "title text");
        tables.put(
                SOURCES,
                new Table(
                        narrow.columns(),
                        narrow.primaryKey(),
                        new ReplicaIdentity.Index(Set.of("id", "site_id")),
                        narrow.partitioning()));
        DatabaseShape shape = new DatabaseShape(tables, publication.map(this::publication), walLevel);

        assertThat(CatalogCheck.problems(reading, shape).stream()
                        .filter(problem -> problem.code() != DatabaseCode.TABLE_NOT_IN_CATALOG)
                        .filter(problem -> problem.message().contains("sources"))
                        .map(DatabaseProblem::message))
                .containsExactly("public.sources has no column owner");
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

    @Test
    void aPublicationOfEverythingIsToldOnceWithAnExactOne() {
        named = false;
        publication.orElseThrow().addAll(List.of(TableName.parse("public.a"), TableName.parse("public.b")));

        DatabaseProblem problem = onlyProblem(DatabaseCode.TABLE_NOT_IN_CATALOG);
        assertThat(problem.message())
                .isEqualTo("publication rowcast_app takes whole schemas or all tables, 2 more than the catalog names");
        assertThat(problem.sql().getLast()).startsWith("CREATE PUBLICATION rowcast_app FOR TABLE public.sources, ");
    }

    @Test
    void aPublicationWithoutDeletesIsToldWithTheStatement() {
        unsent = new LinkedHashSet<>(List.of("delete", "truncate"));

        DatabaseProblem problem = onlyProblem(DatabaseCode.PUBLICATION_OPERATIONS);
        assertThat(problem.message()).isEqualTo("publication rowcast_app does not send delete, truncate");
        assertThat(problem.sql())
                .containsExactly("ALTER PUBLICATION rowcast_app SET (publish = 'insert, update, delete, truncate');");
    }

    @Test
    void aRowFilterIsToldBecauseTheRestWouldNeverArrive() {
        sent.put(SOURCES, new Sent(whole(SOURCES).columns(), Optional.of("(vault_id > 7)")));

        DatabaseProblem problem = onlyProblem(DatabaseCode.ROWS_FILTERED);
        assertThat(problem.message()).isEqualTo("rowcast_app sends only rows of public.sources with (vault_id > 7)");
        assertThat(problem.sql())
                .containsExactly(
                        "BEGIN;",
                        "ALTER PUBLICATION rowcast_app DROP TABLE public.sources;",
                        "ALTER PUBLICATION rowcast_app ADD TABLE public.sources;",
                        "COMMIT;");
    }

    @Test
    void aColumnListWithoutANeededColumnIsTold() {
        sent.put(SOURCES, new Sent(Set.of("id", "site_id", "vault_id"), Optional.empty()));

        assertThat(onlyProblem(DatabaseCode.COLUMN_NOT_PUBLISHED).message())
                .isEqualTo("rowcast_app does not send title of public.sources");
    }

    @Test
    void aColumnListWithoutThePrimaryKeyIsToldAlthoughTheCatalogDoesNotNameTheKey() {
        sent.put(NOTES, new Sent(Set.of("site_id", "source_id"), Optional.empty()));

        assertThat(onlyProblem(DatabaseCode.COLUMN_NOT_PUBLISHED).message())
                .isEqualTo("rowcast_app does not send id of public.notes");
    }

    @Test
    void aColumnListThatHoldsAllThatTheCatalogNamesIsRight() {
        tables.put(NOTES, table(List.of("id"), "id bigint", "site_id text", "source_id bigint", "secret text"));
        sent.put(NOTES, new Sent(Set.of("id", "site_id", "source_id"), Optional.empty()));

        assertThat(problems()).isEmpty();
    }

    @Test
    void aGeneratedColumnHasToBePublishedOnPurpose() {
        tables.put(
                SOURCES, table(List.of("id"), "id bigint", "site_id text", "vault_id bigint", "title text generated"));
        sent.put(SOURCES, new Sent(Set.of("id", "site_id", "vault_id"), Optional.empty()));

        assertThat(onlyProblem(DatabaseCode.COLUMN_NOT_PUBLISHED).sql())
                .containsExactly("ALTER PUBLICATION rowcast_app SET (publish_generated_columns = stored);");
    }

    @Test
    void aPartitionedTableIsPublishedUnderItsOwnName() {
        TableName leaf = TableName.parse("public.sources_1");
        partitioning(SOURCES, new Partitioning.Root(Map.of(leaf, new ReplicaIdentity.Full())));
        tables.put(leaf, table(List.of("id"), "id bigint"));
        partitioning(leaf, new Partitioning.Partition(SOURCES));
        publication.orElseThrow().remove(SOURCES);
        publication.orElseThrow().add(leaf);

        DatabaseProblem problem = onlyProblem(DatabaseCode.PARTITIONS_APART);
        assertThat(problem.message())
                .isEqualTo("rows of public.sources would arrive under the names of its partitions");
        assertThat(problem.sql())
                .containsExactly("ALTER PUBLICATION rowcast_app SET (publish_via_partition_root = true);");
    }

    @Test
    void aPartitionedTableThatIsNotPublishedAtAllNeedsBoth() {
        partitioning(
                SOURCES,
                new Partitioning.Root(Map.of(TableName.parse("public.sources_1"), new ReplicaIdentity.Full())));
        publication.orElseThrow().remove(SOURCES);

        assertThat(problems())
                .extracting(DatabaseProblem::code)
                .containsExactly(DatabaseCode.PARTITIONS_APART, DatabaseCode.TABLE_NOT_PUBLISHED);
    }

    @Test
    void aNewPublicationWithAPartitionedTablePublishesItThroughTheRoot() {
        partitioning(SOURCES, new Partitioning.Root(Map.of()));
        publication = Optional.empty();

        assertThat(onlyProblem(DatabaseCode.PUBLICATION_MISSING).sql().getFirst())
                .endsWith(" WITH (publish_via_partition_root = true);");
    }

    @Test
    void aPartitionInTheCatalogIsToldToBeItsRoot() {
        TableName root = TableName.parse("public.all_notes");
        partitioning(NOTES, new Partitioning.Partition(root));
        viaRoot = true;
        publication.orElseThrow().remove(NOTES);
        publication.orElseThrow().add(root);

        assertThat(problems())
                .first()
                .asString()
                .isEqualTo("public.notes is a partition of public.all_notes, which is published as a whole;"
                        + " name public.all_notes in the catalog instead [TABLE_NOT_PUBLISHED]");
    }

    @Test
    void theReplicaIdentityOfEachPartitionCountsAndNotThatOfTheRoot() {
        viaRoot = true;
        partitioning(
                SOURCES,
                new Partitioning.Root(Map.of(
                        TableName.parse("public.sources_1"), new ReplicaIdentity.Full(),
                        TableName.parse("public.sources_2"), new ReplicaIdentity.Default())));

        DatabaseProblem problem = onlyProblem(DatabaseCode.REPLICA_IDENTITY);
        assertThat(problem.message())
                .isEqualTo("the old row of public.sources_2 lacks site_id, vault_id, title in the log");
        assertThat(problem.sql()).containsExactly("ALTER TABLE public.sources_2 REPLICA IDENTITY FULL;");
    }

    @Test
    void apiKeysNeedTheirOldRowToo() {
        TableName keys = TableName.parse("rowcast.api_keys");
        tables.put(keys, table(List.of("id"), "id text", "tenant text", "hash text", "created_at timestamptz"));
        identity(keys, new ReplicaIdentity.Default());

        assertThat(onlyProblem(DatabaseCode.REPLICA_IDENTITY).sql())
                .containsExactly("ALTER TABLE rowcast.api_keys REPLICA IDENTITY FULL;");
    }

    private List<DatabaseProblem> problems() {
        return CatalogCheck.problems(catalog, new DatabaseShape(tables, publication.map(this::publication), walLevel));
    }

    private Publication publication(Set<TableName> published) {
        Map<TableName, Sent> all = new HashMap<>();
        published.forEach(name -> all.put(name, sent.getOrDefault(name, whole(name))));
        return new Publication(all, named, unsent, viaRoot);
    }

    private Sent whole(TableName name) {
        return new Sent(tables.containsKey(name) ? tables.get(name).columns().keySet() : Set.of(), Optional.empty());
    }

    private DatabaseProblem onlyProblem(DatabaseCode code) {
        List<DatabaseProblem> problems = problems();
        assertThat(problems).extracting(DatabaseProblem::code).containsExactly(code);
        return problems.getFirst();
    }

    private void identity(TableName name, ReplicaIdentity identity) {
        tables.computeIfPresent(
                name, (same, table) -> new Table(table.columns(), table.primaryKey(), identity, table.partitioning()));
    }

    private void partitioning(TableName name, Partitioning partitioning) {
        tables.computeIfPresent(
                name,
                (same, table) -> new Table(table.columns(), table.primaryKey(), table.replicaIdentity(), partitioning));
    }

    /// A column is `name type`, not null, or `name type null`, or `name type generated`.
    private static Table table(List<String> primaryKey, String... columns) {
        Map<String, Column> byName = new LinkedHashMap<>();
        for (String line : columns) {
            String[] words = line.split(" ");
            byName.put(words[0], new Column(words[1], line.endsWith(" null"), line.endsWith(" generated")));
        }
        return new Table(byName, primaryKey, new ReplicaIdentity.Full(), new Partitioning.None());
    }
}
