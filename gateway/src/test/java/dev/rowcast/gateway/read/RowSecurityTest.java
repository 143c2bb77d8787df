package dev.rowcast.gateway.read;

import static dev.rowcast.gateway.read.Shelf.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheConfig;
import dev.rowcast.cache.CacheStatus;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.gateway.auth.Reach;
import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.tenant.TenantId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows under the policies of a real database, read by a role that they hold for, with a Redis that could keep them.
@NeedsParts({Part.POSTGRES, Part.REDIS})
class RowSecurityTest {

    private static final String CATALOG = """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: members, members: {table: public.members, channel: vault_id, principal: user_id}}
              shelf: {access: tenant}
              window: {access: public}
            tables:
              public.members:
                entity: member
                evict: ["vault:{vault_id}:members"]
                read: {row-security: true}
              public.sources:
                entity: source
                channels: ["vault:{vault_id}", "shelf:{shelf}"]
                evict: ["vault:{vault_id}:sources", "shelf:{shelf}:sources", "source:{id}"]
                read: {columns: [title], row-security: true}
              public.notes:
                entity: note
                parent: {table: public.sources, by: source_id}
                channels: ["vault:{parent.vault_id}"]
                evict: ["vault:{parent.vault_id}:notes"]
                read: {columns: [body]}
              public.posters:
                entity: poster
                channels: ["window:{id}"]
                read: {columns: [label], row-security: true}
              public.pairs: {entity: pair, channels: ["shelf:{one}"], deliver: [label]}
            """;

    /// Of the sources, `secret` is whose they are; `rank` is the level that a claim must have.
    private static final String POLICIES = """
            alter table members enable row level security;
            alter table sources enable row level security;
            alter table posters enable row level security;
            create policy mine on members using (user_id = current_setting('app.current_user_id', true));
            create policy owned on sources using (secret = nullif(current_setting('app.current_user_id', true), ''));
            create policy level on sources
              using (rank <= (current_setting('request.jwt.claims', true)::jsonb #>> '{app_metadata,level}')::int);
            create policy nobodys on posters using (current_setting('app.current_user_id', true) = ''
              and current_setting('request.jwt.claims', true)::jsonb ->> 'sub' is null);
            """;

    private static final String ROWS = """
            insert into members values ('demo', 1, 'mira'), ('demo', 1, 'tomas'), ('demo', 1, 'key-1');
            insert into sources (id, site_id, vault_id, shelf, title, secret) values
              (11, 'demo', 1, 'new', 'Of Mira', 'mira'), (12, 'demo', 1, 'new', 'Of Tomas', 'tomas'),
              (13, 'demo', 1, 'new', 'Of the key', 'key-1'), (14, 'demo', 1, 'old', 'Also of Mira', 'mira'),
              (21, 'demo', 2, null, 'Mira elsewhere', 'mira'), (91, 'other', 1, 'new', 'canary', 'mira');
            insert into sources (id, site_id, vault_id, title, secret, rank) values
              (31, 'demo', 1, 'For level 3', 'nobody', 3);
            insert into notes values (101, 'demo', 11, 'On what is Mira''s'), (102, 'demo', 12, 'On what is Tomas''s');
            insert into posters values ('6f0e7a52-6a0c-4b6e-9d6e-0f4f6f3c2a10', 'demo', '"For nobody"');
            insert into pairs values ('new', 'x', 'demo', 'plain');
            """;

    private static final Identity MIRA = user("mira", "{\"sub\":\"mira\"}");
    private static final Identity TOMAS = user("tomas", "{\"sub\":\"tomas\"}");
    private static final Identity KEY =
            new Identity(new TenantId("demo"), new Principal(Principal.Kind.KEY, "key-1"), Optional.empty(), Reach.ALL);

    private static Postgres.Database database;
    private static String role;
    private static RedisLink redis;
    private static Shelf shelf;

    @BeforeAll
    static void set(Postgres postgres, Redis server) throws Exception {
        redis = RedisLink.open(RedisConfig.of(server.url()).withTimeout(Duration.ofSeconds(5)));
        Awaitility.await().ignoreException(RedisUnavailableException.class).until(() -> redis.clockMs() > 0);
        String namespace = "r" + UUID.randomUUID().toString().substring(0, 8);
        SharedCache shared = new SharedCache(redis, SharedCacheConfig.DEFAULTS.withNamespace(namespace));
        new EvictorStandIn(shared, redis);
        database = postgres.freshDatabase();
        role = "reader_of_" + database.name();
        shelf = new Shelf(
                database,
                CATALOG,
                Optional.of(new Cache(
                        Optional.of(shared), Optional.empty(), CacheConfig.DEFAULTS, new SimpleMeterRegistry())),
                url());
        shelf.sql("create role %1$s login password 'reads'; grant select on all tables in schema public to %1$s"
                .formatted(role));
        shelf.sql(POLICIES);
        shelf.sql(ROWS);
    }

    @AfterAll
    static void close() throws SQLException {
        shelf.close();
        redis.close();
        shelf.sql("drop owned by %1$s; drop role %1$s".formatted(role));
    }

    private static DatabaseUrl url() {
        return new DatabaseUrl(database.host(), database.port(), database.name(), role, "reads", "");
    }

    private static Identity user(String id, String claims) {
        return new Identity(
                new TenantId("demo"),
                new Principal(Principal.Kind.USER, id),
                Optional.empty(),
                Reach.ALL,
                Optional.of(claims));
    }

    private static Answer ofVault(Identity identity, int id) throws SQLException {
        return shelf.entities.list(
                Shelf.asked(identity), "source", Optional.of("vault:" + id), new Slice.ByPage(1, 20, Optional.empty()));
    }

    @Test
    @DisplayName(
            "row 12: two members of a channel read each what the policies give them: lists, counts, pages, ids, rows")
    void twoReadersSeeDifferentRows() throws Exception {
        assertThat(text(ofVault(MIRA, 1)))
                .contains("Of Mira", "Also of Mira", "\"total\":2")
                .doesNotContain("Tomas");
        assertThat(text(ofVault(TOMAS, 1))).contains("Of Tomas", "\"total\":1").doesNotContain("Mira");
        assertThat(shelf.list(MIRA, "source", "ids=11,12,14"))
                .contains("Of Mira", "Also of Mira")
                .doesNotContain("Tomas");
        assertThat(shelf.list(TOMAS, "source", "channel=shelf:new&ids=11,12")).doesNotContain("Mira");
        assertThat(shelf.list(MIRA, "source", "")).contains("\"total\":2").doesNotContain("Tomas");
        assertThat(shelf.find(MIRA, "source", "11")).contains("Of Mira");
        assertThat(shelf.find(TOMAS, "source", "11")).isEqualTo("nothing");
    }

    @Test
    void aCursorLeadsOnlyToWhatItsBearerMaySee() throws Exception {
        String first = shelf.list(MIRA, "source", "channel=vault:1&limit=1");
        Matcher next = Pattern.compile("\"nextCursor\":\"([^\"]+)\"").matcher(first);
        assertThat(next.find()).isTrue();
        String following = "channel=vault:1&limit=5&cursor=" + next.group(1);
        assertThat(shelf.list(MIRA, "source", following))
                .contains("Also of Mira")
                .doesNotContain("Tomas");
        assertThat(shelf.list(TOMAS, "source", following)).contains("Of Tomas").doesNotContain("Mira");
    }

    @Test
    @DisplayName("RX-03: a policy opens nothing that the catalog does not: both must allow")
    void membershipsHoldBesides() throws Exception {
        assertThat(text(ofVault(MIRA, 2))).startsWith("{\"data\":[]");
        assertThat(shelf.find(MIRA, "source", "21")).isEqualTo("nothing");
        assertThat(shelf.list(MIRA, "source", "ids=21,91")).isEqualTo("{\"data\":[]}");
        Identity stranger = user("stranger", "{\"sub\":\"stranger\",\"app_metadata\":{\"level\":9}}");
        assertThat(text(ofVault(stranger, 1))).startsWith("{\"data\":[]");
    }

    @Test
    void policiesReadEveryClaimOfTheToken() throws Exception {
        Identity promoted = user("mira", "{\"sub\":\"mira\",\"app_metadata\":{\"level\":3}}");
        assertThat(text(ofVault(promoted, 1))).contains("For level 3", "\"total\":3");
        assertThat(text(ofVault(MIRA, 1))).doesNotContain("For level 3");
        Identity odd = user("mira", "{\"sub\":\"mira\",\"app_metadata\":{\"level\":\"high\"}}");
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> ofVault(odd, 1))
                .withMessageContaining("what a policy reads of your token");
    }

    @Test
    @DisplayName("rows whose channel is their parent's are there as far as the parent is")
    void childrenAreSeenAsTheirParentsAre() throws Exception {
        assertThat(shelf.list(MIRA, "note", "channel=vault:1"))
                .contains("On what is Mira's", "\"total\":1")
                .doesNotContain("Tomas");
        assertThat(shelf.list(TOMAS, "note", "")).contains("On what is Tomas's", "\"total\":1");
        assertThat(shelf.find(TOMAS, "note", "101")).isEqualTo("nothing");
    }

    @Test
    @DisplayName("T1: to a policy a key is nobody, whatever user has the same id; so is who has no subject")
    void keysAndAnonymousHaveNoUser() throws Exception {
        assertThat(shelf.list(KEY, "source", "channel=shelf:new")).startsWith("{\"data\":[]");
        assertThat(shelf.list(KEY, "poster", "")).contains("For nobody");
        assertThat(shelf.list(Shelf.anonymous("demo"), "poster", "")).contains("For nobody");
        assertThat(shelf.list(MIRA, "poster", "")).startsWith("{\"data\":[]");
    }

    @Test
    @DisplayName("what was read as somebody is kept for nobody, and says why")
    void nothingOfItIsKept() throws Exception {
        for (Identity identity : List.of(MIRA, TOMAS, MIRA)) {
            Answer answer = ofVault(identity, 1);
            assertThat(List.of(answer.status(), answer.detail()))
                    .isEqualTo(List.of(CacheStatus.BYPASS, "row-security"));
        }
        Answer row = shelf.entities.find(Shelf.asked(MIRA), "source", "11").orElseThrow();
        assertThat(row.detail()).isEqualTo("row-security");
        shelf.sql("update sources set secret = 'tomas' where id = 14");
        try {
            assertThat(text(ofVault(MIRA, 1))).contains("\"total\":1");
        } finally {
            shelf.sql("update sources set secret = 'mira' where id = 14");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter role %s bypassrls|alter role %s nobypassrls",
                "alter role %s superuser|alter role %s nosuperuser",
                "alter table sources owner to %s|alter table sources owner to postgres; grant select on sources to %1$s",
                "alter table sources disable row level security|alter table sources enable row level security"
            })
    @DisplayName("where policies do not hold for the role, nothing is read, from the next transaction on")
    void withoutPoliciesNothingIsRead(String change) throws Exception {
        assertThat(text(ofVault(MIRA, 1))).contains("Of Mira");
        String[] thereAndBack = change.split("\\|");
        shelf.sql(thereAndBack[0].formatted(role));
        try {
            for (String query : List.of("", "channel=shelf:new", "channel=shelf:new&ids=11")) {
                assertThatExceptionOfType(RowSecurityOffException.class)
                        .isThrownBy(() -> shelf.list(MIRA, "source", query))
                        .withMessageContaining("public.sources")
                        .withMessageContaining(role);
            }
            assertThatExceptionOfType(RowSecurityOffException.class).isThrownBy(() -> shelf.find(MIRA, "source", "11"));
            assertThatExceptionOfType(RowSecurityOffException.class)
                    .as("a child of it")
                    .isThrownBy(() -> shelf.list(MIRA, "note", ""));
            assertThat(shelf.list(MIRA, "pair", "channel=shelf:new")).contains("plain");
        } finally {
            shelf.sql(thereAndBack[1].formatted(role));
        }
        assertThat(text(ofVault(MIRA, 1))).contains("Of Mira");
    }

    @Test
    @DisplayName("T1: readers who take turns on the same connections never meet each other's claims")
    void claimsEndWithTheirTransaction() throws Exception {
        int rounds = 300;
        // As many at a time as one tenant may read.
        try (var threads = Executors.newFixedThreadPool(6, Thread.ofVirtual().factory())) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                Identity identity = i % 3 == 0 ? MIRA : i % 3 == 1 ? TOMAS : KEY;
                answers.add(threads.submit(() -> shelf.list(identity, "source", "channel=shelf:new")));
            }
            for (int i = 0; i < rounds; i++) {
                String answer = answers.get(i).get();
                switch (i % 3) {
                    case 0 -> assertThat(answer).contains("Of Mira").doesNotContain("Tomas", "key");
                    case 1 -> assertThat(answer).contains("Of Tomas").doesNotContain("Mira", "key");
                    default -> assertThat(answer).startsWith("{\"data\":[]");
                }
            }
        }
    }

    @Test
    @DisplayName("claims end with a transaction also where it is committed")
    void claimsAreOfTheTransactionAlone() throws Exception {
        Where opening =
                new RowSecurity("{\"sub\":\"mira\"}", "mira", List.of(TableName.parse("public.sources"))).opening();
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(opening.sql())) {
                statement.setString(1, opening.values().getFirst());
                statement.setString(2, opening.values().getLast());
                statement.execute();
            }
            connection.commit();
            try (ResultSet left = connection
                    .createStatement()
                    .executeQuery("select current_setting('app.current_user_id')"
                            + " || current_setting('request.jwt.claims')")) {
                left.next();
                assertThat(left.getString(1)).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("a connection that goes back to the pool, after an answer or a failure, has no claims left")
    void nothingIsLeftOnAConnection() throws Exception {
        String left = "select pg_backend_pid()::text, current_setting('app.current_user_id', true),"
                + " current_setting('request.jwt.claims', true)";
        RowSecurity mira = new RowSecurity("{\"sub\":\"mira\"}", "mira", List.of(TableName.parse("public.sources")));
        try (Database pool = new Database(url(), new SimpleMeterRegistry())) {
            Row as = pool.read(
                    new TenantId("demo"),
                    Optional.of(mira),
                    transaction -> transaction.run(left, List.of()).getFirst());
            assertThat(as.more()).containsExactly(Optional.of("mira"), Optional.of("{\"sub\":\"mira\"}"));
            Row after =
                    pool.read(transaction -> transaction.run(left, List.of()).getFirst());
            assertThat(after.first()).as("the same connection").isEqualTo(as.first());
            assertThat(after.more()).containsExactly(Optional.of(""), Optional.of(""));

            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> pool.read(
                            new TenantId("demo"),
                            Optional.of(mira),
                            transaction -> transaction.run("select nothing_that_is_there", List.of())));
            Row afterFailure =
                    pool.read(transaction -> transaction.run(left, List.of()).getFirst());
            assertThat(afterFailure.more()).containsExactly(Optional.of(""), Optional.of(""));
        }
    }
}
