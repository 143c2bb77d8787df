package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.Preflight;
import dev.rowcast.ingest.check.DatabaseCheck;
import dev.rowcast.ingest.check.Finding;
import dev.rowcast.ingest.check.Severity;
import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.catalog.Tenancy;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.standalone.CommandLineTest.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./rowcast init` against databases that live. Each catalog must be one that the parser takes, and after the written
/// SQL doctor must find nothing to mend.
@NeedsParts(Part.POSTGRES)
class InitTest {

    private final Postgres.Database database;
    private final Path folder;

    InitTest(Postgres postgres, @TempDir Path folder) {
        this.database = postgres.freshDatabase();
        this.folder = folder;
    }

    @Test
    void theExampleIsGuessedAsAPersonWroteIt() throws Exception {
        execute(Files.readString(TestFolders.home().resolve("infra/postgres/setup.sql")));
        execute(Files.readString(TestFolders.home().resolve("examples/vaults/schema.sql")));

        Result result = init();
        Catalog guessed = Catalog.load(folder.resolve("rowcast.yaml"));
        Catalog written = Catalog.load(TestFolders.home().resolve("examples/vaults/rowcast.yaml"));

        assertThat(result.code()).isZero();
        assertThat(guessed.tenancy()).isEqualTo(new Tenancy.Column("site_id"));
        assertThat(guessed.tables().keySet()).isEqualTo(written.tables().keySet());
        guessed.tables().forEach((name, rule) -> {
            TableRule wanted = written.table(name).orElseThrow();
            assertThat(rule.channels()).as(name.toString()).isEqualTo(wanted.channels());
            assertThat(rule.parent()).isEqualTo(wanted.parent());
            assertThat(rule.event()).isEqualTo(wanted.event());
            assertThat(rule.insertOnly()).isEqualTo(wanted.insertOnly());
            assertThat(rule.deliver())
                    .as("keys only until a person says otherwise")
                    .isEmpty();
        });
        assertThat(guessed.channels().get("vault")).satisfies(type -> {
            assertThat(type.access()).isEqualTo(Access.MEMBERS);
            assertThat(type.members()).hasValueSatisfying(members -> {
                assertThat(members.table()).isEqualTo(TableName.parse("public.vault_members"));
                assertThat(members.role()).contains("role");
            });
        });
        assertThat(result.out())
                .contains("column site_id, because it is there and not null in 6 of 6 tables")
                .contains(
                        "members of channel vault: public.vault_members, because it has vault_id and user_id and role")
                .contains("./rowcast doctor --catalog");
        sqlMends(guessed);
    }

    @Test
    void aSchemaOfManyTenantsLeavesOutWhatHasNoTenantNoKeyOrSecrets() throws Exception {
        execute("""
                create table organizations (id uuid primary key, name text);
                create table users (id uuid primary key, org_id uuid not null references organizations, email text,
                                    password_hash text);
                create table projects (id uuid primary key, org_id uuid not null references organizations, title text);
                create table project_users (project_id uuid references projects, user_id uuid references users,
                                            org_id uuid not null, role text, primary key (project_id, user_id));
                create table tasks (id uuid primary key, org_id uuid not null, project_id uuid references projects,
                                    title text, assignee_email text, updated_at timestamptz);
                create table comments (id bigint primary key, org_id uuid not null, task_id uuid references tasks,
                                       user_id uuid references users, body text);
                create table reactions (id bigint primary key, org_id uuid not null,
                                        comment_id bigint references comments, emoji text);
                create table live_events (id bigint primary key, org_id uuid not null, event_type text not null, payload jsonb);
                create table imports (org_id uuid not null, line text);
                create table drafts (id bigint primary key, org_id uuid, body text);
                create table schema_migrations (version text primary key);
                create unlogged table scratch (id bigint primary key, org_id uuid not null);
                """);

        Result result = init();
        Catalog catalog = Catalog.load(folder.resolve("rowcast.yaml"));

        assertThat(catalog.tenancy()).isEqualTo(new Tenancy.Column("org_id"));
        assertThat(catalog.tables().keySet())
                .extracting(TableName::name)
                .containsExactlyInAnyOrder(
                        "projects", "project_users", "tasks", "comments", "reactions", "live_events");
        assertThat(channels(catalog, "tasks")).containsExactly("project:{project_id}");
        assertThat(channels(catalog, "comments")).containsExactly("comment:{id}", "project:{parent.project_id}");
        assertThat(channels(catalog, "reactions")).containsExactly("comment:{comment_id}");
        assertThat(channels(catalog, "live_events")).containsExactly("org:{org_id}");
        assertThat(rule(catalog, "live_events").insertOnly()).isTrue();
        assertThat(catalog.channels().get("project"))
                .satisfies(type -> assertThat(type.access()).isEqualTo(Access.MEMBERS));
        assertThat(result.out())
                .contains("public.organizations: it has no column org_id")
                .contains("public.users: column password_hash looks secret")
                .contains("public.imports: it has no primary key")
                .contains("public.drafts: org_id may be null")
                .contains("public.schema_migrations: by its name it is a tool's bookkeeping");
        assertThat(Files.readString(folder.resolve("rowcast.yaml")))
                .contains("# deliver: [id, project_id, title, updated_at]")
                .doesNotContain("assignee_email");
        sqlMends(catalog);
    }

    @Test
    void aSchemaWithoutTenantsIsOneTenant() throws Exception {
        execute("""
                create table albums (id int primary key, title text);
                create table photos (id int primary key, album_id int not null references albums, caption text);
                create table news (id int primary key, title text);
                """);

        init("--source=gallery");
        Catalog catalog = Catalog.load(folder.resolve("rowcast.yaml"));

        assertThat(catalog.source()).isEqualTo("gallery");
        assertThat(catalog.tenancy()).isEqualTo(new Tenancy.Constant("default"));
        assertThat(channels(catalog, "photos")).containsExactly("album:{album_id}");
        assertThat(channels(catalog, "news")).containsExactly("all:news");
        assertThat(rule(catalog, "news").entity()).contains("news");
        sqlMends(catalog);
    }

    @Test
    void strangeNamesAreQuotedSpelledOrLeftOut() throws Exception {
        execute("""
                create schema "Shop";
                create table "Shop"."Order" ("Id" int primary key, "on" text, "odd name" text, "select" int);
                create table "Shop"."OrderLines" ("Order_Id" int references "Shop"."Order" ("Id"), no int,
                                                  primary key ("Order_Id", no));
                create table "Shop"."it's \"\"odd\"\"\" (id int primary key);
                create table public."order" (id int primary key);
                create table public.yes (id int primary key, order_id int references public."order");
                create table public.parts (id int, region text, primary key (id, region)) partition by list (region);
                create table public.parts_eu partition of public.parts for values in ('eu');
                """);

        Result result = init();
        Catalog catalog = Catalog.load(folder.resolve("rowcast.yaml"));

        assertThat(result.code()).isZero();
        assertThat(catalog.tables().keySet())
                .extracting(TableName::toString)
                .containsExactlyInAnyOrder(
                        "Shop.Order", "Shop.OrderLines", "public.order", "public.yes", "public.parts");
        assertThat(result.out()).contains("Shop.it's \"odd\": a catalog spells names with letters, digits and _ only");
        assertThat(catalog.tables().values().stream().flatMap(rule -> rule.entity().stream()))
                .doesNotHaveDuplicates();
        sqlMends(catalog);
    }

    @Test
    void filesThatAreThereStayUnlessForced() throws Exception {
        execute("create table notes (id int primary key)");
        Path file = Files.writeString(folder.resolve("rowcast.yaml"), "mine");

        Result refused = init();
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("[FILE_EXISTS]", "--force");
        assertThat(file).hasContent("mine");

        assertThat(init("--force").code()).isZero();
        assertThat(Catalog.load(file).tables()).hasSize(1);
    }

    @Test
    void aDatabaseWithNothingToCaptureSaysWhy() throws Exception {
        execute("create table notes (body text)");

        Result result = init();

        assertThat(result.code()).isEqualTo(1);
        assertThat(result.err()).contains("[NOTHING_TO_CAPTURE]", "public.notes: it has no primary key");
        assertThat(folder.resolve("rowcast.yaml")).doesNotExist();
    }

    /// One more step, as the command says: run the SQL, twice because that changes nothing, and ask doctor.
    private void sqlMends(Catalog catalog) throws Exception {
        String sql = Files.readString(folder.resolve("rowcast.sql"));
        execute(sql);
        execute(sql);

        List<Finding> findings = Preflight.database(
                new DatabaseUrl(
                        database.host(), database.port(), database.name(), database.user(), database.password(), ""),
                catalog,
                Optional.empty());

        assertThat(findings)
                .filteredOn(finding -> finding.check() != DatabaseCheck.TRANSACTIONS)
                .allSatisfy(finding ->
                        assertThat(finding.severity()).as(finding.message()).isEqualTo(Severity.OK));
    }

    private static TableRule rule(Catalog catalog, String table) {
        return catalog.table(TableName.parse("public." + table)).orElseThrow();
    }

    private static List<String> channels(Catalog catalog, String table) {
        return rule(catalog, table).channels().stream().map(Object::toString).toList();
    }

    private Result init(String... more) {
        String url = "postgresql://%s:%s@%s:%d/%s"
                .formatted(database.user(), database.password(), database.host(), database.port(), database.name());
        String[] arguments = new String[3 + more.length];
        arguments[0] = "init";
        arguments[1] = "--database-url=" + url;
        arguments[2] = "--out=" + folder.resolve("rowcast.yaml");
        System.arraycopy(more, 0, arguments, 3, more.length);
        return CommandLineTest.run(arguments);
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
