package dev.rowcast.gateway.read;

import static dev.rowcast.gateway.read.Shelf.text;
import static dev.rowcast.gateway.read.Shelf.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheConfig;
import dev.rowcast.cache.CacheStatus;
import dev.rowcast.cache.Freshness;
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
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Reads through Redis: what is shared, what is not, and when it is read anew.
@NeedsParts({Part.POSTGRES, Part.REDIS})
class CachedReadsTest {

    private static final String CATALOG = """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: members, members: {table: public.members, channel: vault_id, principal: user_id}}
              shelf: {access: tenant}
              task: {access: members, members: {table: public.tasks, channel: id, principal: assignee}}
              review: {access: members, members: {table: public.tasks, channel: id, principal: reviewer}}
            tables:
              public.members: {entity: member, channels: ["vault:{vault_id}"], evict: ["vault:{vault_id}:members"]}
              public.sources:
                entity: source
                channels: ["vault:{vault_id}"]
                deliver: [vault_id, title]
                evict: ["vault:{vault_id}:sources", "source:{id}"]
              public.notes:
                entity: note
                parent: {table: public.sources, by: source_id}
                channels: ["vault:{parent.vault_id}"]
                deliver: [body]
                evict: ["vault:{parent.vault_id}:notes", "note:{id}"]
              public.annotations:
                entity: annotation
                parent: {table: public.sources, by: source_id}
                channels: ["vault:{parent.vault_id}"]
                deliver: [body]
                evict: ["annotations"]
              public.pairs: {entity: pair, channels: ["shelf:{one}"], deliver: [label], evict: ["other:{two}"]}
              public.tasks: {entity: task, channels: ["task:{id}", "review:{id}"], evict: ["task:{id}"]}
            """;
    private static final Identity MIRA = user("demo", "mira");
    private static final Identity TOMAS = user("demo", "tomas");
    private static final Identity NOBODY = user("demo", "nobody");
    private static final Freshness LONG = Freshness.within(Duration.ofMinutes(5));

    private Shelf shelf;
    private RedisLink redis;
    private EvictorStandIn evictor;
    private Cache cache;

    @BeforeEach
    void set(Postgres postgres, Redis server) throws Exception {
        redis = RedisLink.open(RedisConfig.of(server.url()).withTimeout(Duration.ofSeconds(5)));
        Awaitility.await().ignoreException(RedisUnavailableException.class).until(() -> redis.clockMs() > 0);
        String namespace = "r" + UUID.randomUUID().toString().substring(0, 8);
        SharedCache shared = new SharedCache(redis, SharedCacheConfig.DEFAULTS.withNamespace(namespace));
        evictor = new EvictorStandIn(shared, redis);
        cache = new Cache(Optional.of(shared), Optional.empty(), CacheConfig.DEFAULTS, new SimpleMeterRegistry());
        shelf = new Shelf(postgres, CATALOG, Optional.of(cache));
        shelf.sql("""
                insert into members values ('demo', 1, 'mira'), ('demo', 1, 'tomas'), ('other', 1, 'mira'),
                  ('demo', 2, 'tomas');
                insert into sources (id, site_id, vault_id, title) values
                  (11, 'demo', 1, 'Radiators'), (91, 'other', 1, 'canary');
                insert into notes values (101, 'demo', 11, 'Cite this');
                insert into annotations values (201, 'demo', 11, 'See page 3');
                insert into pairs values ('a', 'b', 'demo', 'first');
                insert into tasks values (7, 'demo', 'mira', 'tomas');
                """);
    }

    @AfterEach
    void close() {
        shelf.close();
        redis.close();
    }

    private Answer list(Identity identity, String code, String channel) throws Exception {
        return list(identity, code, channel, LONG);
    }

    private Answer list(Identity identity, String code, String channel, Freshness freshness) throws Exception {
        return shelf.entities.list(
                new Asked(identity, freshness, Optional.empty()),
                code,
                Optional.of(channel),
                new Slice.ByPage(1, 20, Optional.empty()));
    }

    private Optional<Answer> find(Identity identity, String code, String id) throws Exception {
        return shelf.entities.find(new Asked(identity, LONG, Optional.empty()), code, id);
    }

    @Test
    @DisplayName("SY-17 SY-19: a list is kept until a row of its channel changes, whoever asks for it")
    void aListIsKeptUntilARowOfItChanges() throws Exception {
        Answer first = list(MIRA, "source", "vault:1");
        assertThat(first.status()).isEqualTo(CacheStatus.MISS);
        Answer again = list(TOMAS, "source", "vault:1");
        assertThat(again.status()).isEqualTo(CacheStatus.HIT_L2);
        assertThat(text(again)).isEqualTo(text(first)).contains("Radiators");

        long xid = shelf.change("update sources set title = 'Boilers' where id = 11");
        assertThat(text(list(MIRA, "source", "vault:1", LONG.after(xid)))).contains("Boilers");
        evictor.evict("demo", xid, "vault:1:sources", "source:11");

        Answer anew = list(MIRA, "source", "vault:1");
        assertThat(anew.status()).isEqualTo(CacheStatus.MISS);
        assertThat(text(anew)).contains("Boilers");
    }

    @Test
    @DisplayName("P5: who was told of a change reads it, though it is not evicted yet")
    void whatClientsWereToldOfIsInWhatTheyReadAgain() throws Exception {
        list(MIRA, "source", "vault:1");
        long xid = shelf.change("update sources set title = 'Boilers' where id = 11");
        assertThat(text(list(MIRA, "source", "vault:1"))).contains("Radiators");

        shelf.tell("demo", "source:11", "vault:1", xid);
        Answer again = list(MIRA, "source", "vault:1");
        assertThat(List.of(again.status(), again.detail())).isEqualTo(List.of(CacheStatus.BYPASS, "after"));
        assertThat(text(again)).contains("Boilers");
        evictor.evict("demo", xid, "vault:1:sources", "source:11");
        assertThat(list(MIRA, "source", "vault:1").status()).isEqualTo(CacheStatus.MISS);
        assertThat(list(MIRA, "source", "vault:1").status()).isEqualTo(CacheStatus.HIT_L2);
    }

    @Test
    @DisplayName("P5: who was told of two changes reads both, whichever was told last")
    void newsOfAnotherChangeDoesNotHideTheFirst() throws Exception {
        long before = shelf.change("update sources set title = 'Heaters' where id = 11");
        list(MIRA, "source", "vault:1");
        long xid = shelf.change("update sources set title = 'Boilers' where id = 11");

        shelf.tell("demo", "source:11", "vault:1", xid);
        shelf.tell("demo", "source:12", "vault:1", before); // to somebody else, who was away
        assertThat(text(list(MIRA, "source", "vault:1"))).contains("Boilers");
    }

    @Test
    @DisplayName("G-9: who begins to listen reads everything that nobody will tell of any more")
    void whoBeginsToListenIsNotAnsweredFromBefore() throws Exception {
        list(MIRA, "source", "vault:1");
        shelf.change("update sources set title = 'Boilers' where id = 11");
        shelf.subscribed("demo", "vault:1");
        Answer answer = list(MIRA, "source", "vault:1");
        assertThat(List.of(answer.status(), answer.detail())).isEqualTo(List.of(CacheStatus.BYPASS, "late"));
        assertThat(text(answer)).contains("Boilers");
    }

    @Test
    @DisplayName("T3, row 58: what is kept does not let in who is revoked, and a reading from before does not either")
    void whoIsRevokedIsOutWhateverIsKept() throws Exception {
        list(MIRA, "source", "vault:1");
        assertThat(text(list(MIRA, "source", "vault:1"))).contains("Radiators");

        long xid = shelf.change("delete from members where user_id = 'mira' and site_id = 'demo'");
        evictor.evict("demo", xid, "vault:1:members");

        assertThat(text(list(MIRA, "source", "vault:1"))).startsWith("{\"data\":[]");
        assertThat(find(MIRA, "source", "11")).isEmpty();
        assertThat(list(TOMAS, "source", "vault:1").status()).isEqualTo(CacheStatus.HIT_L2);
        assertThat(text(list(MIRA, "source", "vault:1"))).startsWith("{\"data\":[]");
    }

    @Test
    void whoIsLetInIsInAtOnce() throws Exception {
        assertThat(text(list(NOBODY, "source", "vault:1"))).startsWith("{\"data\":[]");
        long xid = shelf.change("insert into members values ('demo', 1, 'nobody')");
        evictor.evict("demo", xid, "vault:1:members");
        assertThat(text(list(NOBODY, "source", "vault:1"))).contains("Radiators");
    }

    @Test
    @DisplayName("P4: who was let in and listens is in, though what is kept of its membership is not evicted yet")
    void whoIsLetInAndListensIsIn() throws Exception {
        assertThat(text(list(NOBODY, "source", "vault:1"))).startsWith("{\"data\":[]");
        shelf.change("insert into members values ('demo', 1, 'nobody')");
        shelf.subscribed("demo", "vault:1");
        assertThat(text(list(NOBODY, "source", "vault:1"))).contains("Radiators");
        assertThat(find(NOBODY, "source", "11")).isPresent();
    }

    @Test
    @DisplayName("RX-03 T3: who is told that it is revoked is out, though its membership is not evicted yet")
    void whoIsToldThatItIsRevokedIsOut() throws Exception {
        assertThat(text(list(MIRA, "source", "vault:1"))).contains("Radiators");
        assertThat(find(MIRA, "source", "11")).isPresent();
        shelf.change("delete from members where user_id = 'mira' and site_id = 'demo'");
        shelf.revoked("demo", "mira", "vault:1");
        assertThat(text(list(MIRA, "source", "vault:1"))).startsWith("{\"data\":[]");
        assertThat(find(MIRA, "source", "11")).isEmpty();
    }

    @Test
    @DisplayName("T1: what is kept of one tenant is not found by another with the same ids")
    void tenantsAreApartInTheCache() throws Exception {
        Identity otherMira = user("other", "mira");
        list(MIRA, "source", "vault:1");
        assertThat(text(list(otherMira, "source", "vault:1")))
                .contains("canary")
                .doesNotContain("Radiators");
        assertThat(text(list(MIRA, "source", "vault:1"))).doesNotContain("canary");
        find(MIRA, "source", "91");
        assertThat(text(find(otherMira, "source", "91").orElseThrow())).contains("canary");
        assertThat(find(MIRA, "source", "91")).isEmpty();
    }

    @Test
    void aRowIsKeptUntilItChangesAndSeenByWhoMayHaveItsChannelNow() throws Exception {
        assertThat(find(MIRA, "source", "11").orElseThrow().status()).isEqualTo(CacheStatus.MISS);
        Answer again = find(TOMAS, "source", "11").orElseThrow();
        assertThat(again.status()).isEqualTo(CacheStatus.HIT_L2);
        assertThat(text(again)).isEqualTo("{\"id\":11,\"vault_id\":1,\"title\":\"Radiators\"}");
        assertThat(find(NOBODY, "source", "11")).isEmpty();

        long xid = shelf.change("update sources set vault_id = 2 where id = 11");
        evictor.evict("demo", xid, "vault:1:sources", "vault:2:sources", "source:11");

        assertThat(find(MIRA, "source", "11")).isEmpty();
        assertThat(text(find(TOMAS, "source", "11").orElseThrow())).contains("\"vault_id\":2");
    }

    @Test
    @DisplayName("a list by a parent's channel is kept under a tag of the parent; a row whose channel may move is not")
    void rowsWithAParent() throws Exception {
        list(MIRA, "note", "vault:1");
        assertThat(list(MIRA, "note", "vault:1").status()).isEqualTo(CacheStatus.HIT_L2);
        for (int i = 0; i < 2; i++) {
            Answer row = find(MIRA, "note", "101").orElseThrow();
            assertThat(List.of(row.status(), row.detail())).isEqualTo(List.of(CacheStatus.BYPASS, "untagged"));
        }
        shelf.sql("update sources set vault_id = 2 where id = 11");
        assertThat(find(MIRA, "note", "101")).isEmpty();
    }

    @Test
    @DisplayName("P5: a list by a parent's channel is not kept under a tag that a parent's move does not evict")
    void aTagWithoutTheParentsColumnDoesNotCoverItsChannel() throws Exception {
        for (int i = 0; i < 2; i++) {
            Answer answer = list(MIRA, "annotation", "vault:1");
            assertThat(text(answer)).contains("See page 3");
            assertThat(List.of(answer.status(), answer.detail())).isEqualTo(List.of(CacheStatus.BYPASS, "untagged"));
        }
    }

    @Test
    @DisplayName(
            "RX-03 T3: who is a member of a channel of one type is not let into the other by what is kept of the first")
    void membershipsOfTwoTypesInOneTableAreApart() throws Exception {
        assertThat(text(list(MIRA, "task", "task:7"))).contains("\"id\":7");
        assertThat(text(list(MIRA, "task", "review:7"))).doesNotContain("\"id\":7");
        assertThat(text(list(TOMAS, "task", "review:7"))).contains("\"id\":7");
        assertThat(text(list(TOMAS, "task", "task:7"))).doesNotContain("\"id\":7");
    }

    @Test
    @DisplayName(
            "a list that is kept by one catalog is not the answer by another, in which its rows are in other channels")
    void aCorrectedTemplateDoesNotFindWhatTheOldOneKept() throws Exception {
        String first = CATALOG.replace("[\"vault:{vault_id}:sources\", \"source:{id}\"]", "[\"sources\"]");
        String corrected = first.replace(
                "channels: [\"vault:{vault_id}\"]\n    deliver: [vault_id",
                "channels: [\"vault:{id}\"]\n    deliver: [vault_id");
        assertThat(listedBy(first)).contains("Radiators");
        assertThat(listedBy(corrected)).doesNotContain("Radiators");
    }

    private String listedBy(String catalog) throws Exception {
        try (Entities entities = shelf.entities(catalog, cache)) {
            return text(entities.list(
                    new Asked(MIRA, LONG, Optional.empty()),
                    "source",
                    Optional.of("vault:1"),
                    new Slice.ByPage(1, 20, Optional.empty())));
        }
    }

    @Test
    void whatNoTagCoversIsNotKept() throws Exception {
        for (int i = 0; i < 2; i++) {
            Answer answer = list(MIRA, "pair", "shelf:a");
            assertThat(List.of(answer.status(), answer.detail())).isEqualTo(List.of(CacheStatus.BYPASS, "untagged"));
        }
    }

    @Test
    @DisplayName("a client may ask for the database, and gets what Redis has not heard of")
    void aClientMayAskForTheDatabase() throws Exception {
        list(MIRA, "source", "vault:1");
        shelf.sql("update sources set title = 'Boilers' where id = 11");
        assertThat(text(list(MIRA, "source", "vault:1"))).contains("Radiators");
        Answer asked = list(MIRA, "source", "vault:1", Wishes.of(Optional.empty(), List.of("no-cache")));
        assertThat(List.of(asked.status(), asked.detail())).isEqualTo(List.of(CacheStatus.BYPASS, "asked"));
        assertThat(text(asked)).contains("Boilers");
    }

    @Test
    void wishesAreReadFromHeadersAndNonsenseIsRefused() {
        Duration usual = Freshness.DEFAULT.maxStale();
        assertThat(Wishes.of(Optional.empty(), List.of()).maxStale()).isEqualTo(usual);
        assertThat(Wishes.of(Optional.empty(), List.of("max-age=1, no-transform"))
                        .maxStale())
                .isEqualTo(Duration.ofSeconds(1));
        assertThat(Wishes.of(Optional.empty(), List.of("max-age=3600")).maxStale())
                .isEqualTo(usual);
        assertThat(Wishes.of(Optional.empty(), List.of("max-age=1", "no-store")).maxStale())
                .isZero();
        assertThat(Wishes.of(Optional.of("18446744073709551615"), List.of()).after())
                .containsExactly(-1L);
        assertThatThrownBy(() -> Wishes.of(Optional.of("-1"), List.of())).hasMessageContaining("X-After is '-1'");
        assertThatThrownBy(() -> Wishes.of(Optional.of("99999999999999999999"), List.of()))
                .hasMessageContaining("64 bits");
        assertThatThrownBy(() -> Wishes.of(Optional.empty(), List.of("max-age=x")))
                .hasMessageContaining("max-age is 'x'");
    }
}
