package dev.rowcast.gateway.read;

import static dev.rowcast.gateway.read.Shelf.anonymous;
import static dev.rowcast.gateway.read.Shelf.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.cache.CacheStatus;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.auth.Identity;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Who reads which rows, from a real database with two tenants whose ids are the same.
@NeedsParts(Part.POSTGRES)
class EntitiesTest {

    private static final Identity MIRA = user("demo", "mira");
    private static final Identity OTHER_MIRA = user("other", "mira");
    private static final Identity NOBODY = user("demo", "nobody");
    private static Shelf shelf;

    @BeforeAll
    static void fill(Postgres postgres) throws Exception {
        shelf = new Shelf(postgres, Shelf.CATALOG);
        shelf.sql("""
                insert into vaults values (1, 'demo', 'Heat pumps'), (1, 'other', 'canary'), (2, 'demo', 'Trains');
                insert into members values ('demo', 1, 'mira'), ('other', 1, 'mira'), ('demo', 2, 'tomas');
                insert into sources (id, site_id, vault_id, shelf, title, rank) values
                  (11, 'demo', 1, 'new', 'Radiators', 3), (12, 'demo', 1, null, 'Noise', null),
                  (21, 'demo', 2, 'new', 'Sleepers', 1), (91, 'other', 1, 'new', 'canary', 2);
                insert into notes values (101, 'demo', 11, 'Cite this'), (102, 'demo', 21, 'Not for mira'),
                  (103, 'demo', 91, 'canary'), (104, 'other', 91, 'canary of other');
                insert into pairs values ('a', 'x,y', 'demo', 'first'), ('a', 'z~', 'demo', 'second');
                insert into posters values ('6f0e7a52-6a0c-4b6e-9d6e-0f4f6f3c2a10', 'demo', '{"a": 1}');
                insert into drafts values (1, 'demo');
                """);
    }

    @AfterAll
    static void close() {
        shelf.close();
    }

    private static String found(Identity identity, String code, String id) throws SQLException {
        return shelf.find(identity, code, id);
    }

    private static void refused(Identity identity, String code, String query, String reason) {
        assertThatThrownBy(() -> shelf.list(identity, code, query))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining(reason);
    }

    @Test
    @DisplayName("RX-03: rows whose channel is their parent's are read by who may have that channel")
    void rowsFindTheirChannelThroughTheirParent() throws Exception {
        assertThat(shelf.list(MIRA, "note", "channel=vault:1"))
                .startsWith("{\"data\":[{\"id\":101,\"source_id\":11,\"body\":\"Cite this\"}]")
                .contains("\"total\":1");
        assertThat(shelf.list(MIRA, "note", "")).contains("Cite this", "\"total\":1");
        assertThat(found(MIRA, "note", "101")).isEqualTo("{\"id\":101,\"source_id\":11,\"body\":\"Cite this\"}");
        assertThat(found(MIRA, "note", "102")).isEqualTo("nothing");
        assertThat(shelf.list(MIRA, "note", "channel=vault:2")).startsWith("{\"data\":[]");
    }

    @Test
    @DisplayName("P4: a row that names another tenant's row as its parent is in no channel of that one")
    void aParentOfAnotherTenantIsNone() throws Exception {
        assertThat(found(MIRA, "note", "103")).isEqualTo("nothing");
        assertThat(shelf.list(OTHER_MIRA, "note", "")).contains("\"total\":1", "canary of other");
        assertThat(found(OTHER_MIRA, "note", "103")).isEqualTo("nothing");
    }

    @Test
    void whoMayHaveOneOfARowsChannelsReadsIt() throws Exception {
        assertThat(shelf.list(NOBODY, "source", "")).contains("Radiators", "Sleepers", "\"total\":2");
        assertThat(shelf.list(MIRA, "source", "")).contains("Noise", "\"total\":3");
        assertThat(found(NOBODY, "source", "12")).isEqualTo("nothing");
        assertThat(found(MIRA, "source", "12")).contains("Noise").doesNotContain("hidden");
    }

    @Test
    @DisplayName("T1: two tenants with the same ids read each their own")
    void tenantsWithTheSameIdsAreApart() throws Exception {
        for (String query : List.of("", "channel=vault:1", "channel=shelf:new")) {
            assertThat(shelf.list(MIRA, "source", query)).contains("Radiators").doesNotContain("canary");
            assertThat(shelf.list(OTHER_MIRA, "source", query))
                    .contains("canary")
                    .doesNotContain("Radiators");
        }
        assertThat(found(MIRA, "vault", "1,demo")).contains("Heat pumps");
        assertThat(found(MIRA, "vault", "1,other")).isEqualTo("nothing");
        assertThat(shelf.list(MIRA, "source", "ids=11,91"))
                .contains("Radiators")
                .doesNotContain("canary");
    }

    @Test
    @DisplayName("T3: who is no member any more reads nothing of the channel")
    void aRevokedMemberReadsNothing() throws Exception {
        Identity guest = user("demo", "guest");
        shelf.sql("insert into members values ('demo', 2, 'guest')");
        assertThat(shelf.list(guest, "note", "channel=vault:2")).contains("Not for mira");
        assertThat(found(guest, "note", "102")).contains("Not for mira");

        shelf.sql("delete from members where user_id = 'guest'");

        assertThat(shelf.list(guest, "note", "channel=vault:2")).startsWith("{\"data\":[]");
        assertThat(shelf.list(guest, "note", "")).startsWith("{\"data\":[]");
        assertThat(found(guest, "note", "102")).isEqualTo("nothing");
    }

    @Test
    void aNameThatNoChannelHasIsEmpty() throws Exception {
        assertThat(shelf.list(MIRA, "source", "channel=vault:01")).startsWith("{\"data\":[]");
        assertThat(found(MIRA, "source", "011")).isEqualTo("nothing");
        String poster = "6f0e7a52-6a0c-4b6e-9d6e-0f4f6f3c2a10";
        assertThat(found(MIRA, "poster", poster)).contains("{\"a\": 1}");
        assertThat(found(MIRA, "poster", poster.toUpperCase(Locale.ROOT))).isEqualTo("nothing");
    }

    @Test
    @DisplayName("SY-20: without Redis everything is read from the database, and says so")
    void withoutACacheAnswersSaySo() throws Exception {
        Answer answer = shelf.entities.find(Shelf.asked(MIRA), "source", "11").orElseThrow();
        assertThat(answer.status()).isEqualTo(CacheStatus.BYPASS);
        assertThat(answer.detail()).isEqualTo("off");
    }

    @Test
    void withoutASubjectOnlyWhatIsPublicIsThere() throws Exception {
        Identity passer = anonymous("demo");
        assertThat(shelf.list(passer, "poster", "")).contains("\"total\":1");
        assertThat(shelf.list(passer, "source", "channel=shelf:new")).startsWith("{\"data\":[]");
        refused(passer, "source", "", "There is no 'source' that you may read.");
    }

    @Test
    void whatIsInNoChannelIsReadByNobody() {
        refused(MIRA, "draft", "", "There is no 'draft' that you may read.");
        assertThatThrownBy(() -> shelf.find(MIRA, "draft", "1")).hasMessageContaining("There is no 'draft'");
    }

    @Test
    @DisplayName("rows by their ids come in the order of these, once, without those that are not there")
    void rowsByTheirIds() throws Exception {
        assertThat(shelf.list(MIRA, "source", "ids=12,999,11,12"))
                .matches("\\{\"data\":\\[\\{\"id\":12,.*},\\{\"id\":11,.*}]}");
        assertThat(shelf.list(MIRA, "source", "ids=11,21&channel=vault:1")).doesNotContain("Sleepers");
        assertThat(shelf.list(MIRA, "pair", "ids=a~1z~00,a~1x~01y"))
                .matches("\\{\"data\":\\[\\{.*second.*},\\{.*first.*}]}");
    }

    @Test
    @DisplayName("T12: rows that are too long together are refused before they leave the database, and fewer are read")
    void rowsThatAreTooLongTogetherAreRefused() throws Exception {
        shelf.sql("insert into vaults values (3, 'demo', 'Long'); insert into members values ('demo', 3, 'mira');"
                + " insert into sources (id, site_id, vault_id, title)"
                + " select 300 + n, 'demo', 3, repeat(n::text, 1 << 20) from generate_series(1, 5) n");
        try {
            String reason = "The rows have more than 4 MiB together; ask for fewer, by limit or ids.";
            refused(MIRA, "source", "channel=vault:3", reason);
            refused(MIRA, "source", "ids=301,302,303,304,305", reason);
            assertThat(shelf.list(MIRA, "source", "channel=vault:3&limit=2&sort=title.desc"))
                    .hasSizeBetween(2 << 20, 3 << 20);
            assertThat(shelf.list(MIRA, "source", "ids=301,302,303")).hasSizeBetween(3 << 20, 4 << 20);
            assertThat(found(MIRA, "source", "303")).hasSizeBetween(1 << 20, 2 << 20);
        } finally {
            shelf.sql("delete from sources where vault_id = 3; delete from vaults where id = 3");
        }
    }

    @Test
    @DisplayName("SY-38 T18: nonsense is refused by its parameter and value, with what helps")
    void nonsenseIsRefused() {
        refused(MIRA, "source", "page=0", "page is '0' and must be a whole number from 1 to 100000.");
        refused(MIRA, "source", "limit=101", "limit is '101' and must be a whole number from 1 to 100.");
        refused(MIRA, "source", "limit=+5", "limit is '+5'");
        refused(
                MIRA,
                "source",
                "sort=secret",
                "sort is 'secret' and must be one of id, title, rank, with .asc or .desc");
        refused(MIRA, "source", "sort=id.sideways", "sort is 'id.sideways'");
        refused(MIRA, "source", "cursor=AAAA", "cursor is 'AAAA' and is none of this list");
        refused(MIRA, "source", "cursor=AAAA&page=2", "page is '2' and has no meaning beside cursor");
        refused(MIRA, "source", "ids=1&sort=id", "sort is 'id' and has no meaning beside ids");
        refused(MIRA, "source", "ids=1,,2", "ids is '1,,2' and has an empty id");
        refused(MIRA, "source", "ids=" + manyIds(), "ids names 101 rows; name at most 100");
        refused(MIRA, "source", "ids=x", "not of its column's type");
        refused(MIRA, "source", "channel=room:1", "cannot be listed by channel 'room:1'");
        refused(MIRA, "pair", "ids=a", "The id 'a' must have 2 columns, separated by commas, but has 1.");
    }

    private static String manyIds() {
        return IntStream.rangeClosed(1, 101).mapToObj(Integer::toString).collect(Collectors.joining(","));
    }
}
