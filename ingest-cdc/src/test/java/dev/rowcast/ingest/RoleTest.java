package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.ingest.check.DatabaseInspection;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The role that `infra/postgres/role.sql` makes: enough for all that ingest does, and for nothing else.
@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REGISTRY})
class RoleTest {

    private static final String PASSWORD = "only-for-this-test";

    private World world;

    @BeforeEach
    void database(EmbeddedParts parts) throws Exception {
        world = World.ofNotes(parts);
        world.execute("create table diary (id int primary key)");
        world.execute(World.file("../infra/postgres/role.sql"));
        world.execute("alter role rowcast_capture password '%s'".formatted(PASSWORD));
    }

    @AfterEach
    void close() throws Exception {
        world.close();
    }

    @Test
    @DisplayName("T21: ingest runs whole with the least role: snapshot, stream, heartbeat, lease, slot, restart")
    void ingestRunsWholeWithTheLeastRole() throws Exception {
        world.execute("insert into notes values (1, 'a', 'before')");
        try (Connection connection = connect()) {
            assertThat(DatabaseInspection.faults(connection, world.catalog)).isEmpty();
        }

        try (Ingest first = start()) {
            await().atMost(World.PATIENCE).until(first::ready);
            world.execute("insert into notes values (2, 'a', 'streamed')");
        }
        await().atMost(World.PATIENCE).until(() -> !world.isRead());
        world.execute("insert into notes values (3, 'a', 'while nobody read')");
        try (Ingest second = start()) {
            await().atMost(World.PATIENCE).until(second::ready);
            world.changes.untilRows(3);
        }
        assertThat(world.changes.keysOf("a")).isEqualTo("1,2,3");
        assertThat(world.query("select count(*) from rowcast.heartbeat where beat_at is not null"))
                .isEqualTo("1");
    }

    @ParameterizedTest
    @DisplayName("T21: it can do nothing else")
    @ValueSource(
            strings = {
                "create table public.mine (id int)",
                "create table rowcast.mine (id int)",
                "create schema mine",
                "select * from diary",
                "insert into notes values (9, 'a', 'forged')",
                "update notes set body = 'forged'",
                "truncate notes",
                "insert into rowcast.api_keys (id, tenant, kind, hash, scopes) values ('x', 'a', 'secret', repeat('0', 64), '{publish}')",
                "update rowcast.api_keys set tenant = 'b'",
                "insert into rowcast.resnapshots (source, epoch) values ('x', '0123456789abcdef')",
                "delete from rowcast.backfills",
                "alter publication %s add table diary",
                "alter publication %s set (publish = 'insert')",
                "drop publication %s",
                "alter table notes replica identity nothing",
                "select pg_read_file('/etc/passwd')",
                "copy notes to program 'true'",
                "create role another login",
                "alter role rowcast_capture superuser"
            })
    void itCanDoNothingElse(String statement) throws Exception {
        try (Connection connection = connect();
                Statement sql = connection.createStatement()) {
            assertThatThrownBy(() -> sql.execute(statement.formatted("rowcast_" + world.source)))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(world.url().jdbcUrl(), "rowcast_capture", PASSWORD);
    }

    private Ingest start() {
        DatabaseUrl url = world.url();
        return world.start(world.config(
                new DatabaseUrl(url.host(), url.port(), url.database(), "rowcast_capture", PASSWORD, ""),
                world.catalog));
    }
}
