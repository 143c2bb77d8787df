package dev.rowcast.gateway.read;

import static dev.rowcast.gateway.read.Shelf.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.auth.Identity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Lists that are read piece by piece while they change.
@NeedsParts(Part.POSTGRES)
class CursorPagingTest {

    private static final Identity MIRA = user("demo", "mira");
    private static final String CHANNEL = "channel=shelf:new";
    private Shelf shelf;

    @BeforeEach
    void set(Postgres postgres) throws Exception {
        shelf = new Shelf(postgres, Shelf.CATALOG);
    }

    @AfterEach
    void close() {
        shelf.close();
    }

    private void insert(long id, String title, String rank) throws Exception {
        shelf.sql(
                "insert into sources (id, site_id, vault_id, shelf, title, rank) values (%d, 'demo', 1, 'new', '%s', %s)"
                        .formatted(id, title, rank));
    }

    private JsonNode read(String query) throws Exception {
        return JsonMapper.shared().readTree(shelf.list(MIRA, "source", CHANNEL + "&" + query));
    }

    private static String next(JsonNode answer) {
        return answer.at("/pagination/nextCursor").asString("");
    }

    /// Ranks repeat and are null, so that the key must decide between rows.
    @ParameterizedTest
    @ValueSource(strings = {"", "&sort=rank.asc", "&sort=rank.desc", "&sort=title.desc", "&sort=id.desc"})
    void whatStaysIsReadOnceWhateverComesAndGoesMeanwhile(String sort) throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Set<Long> used = new HashSet<>();
        Set<Long> present = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            present.add(insertSomewhere(random, used));
        }
        Set<Long> stayed = new HashSet<>(present);
        List<Long> seen = new ArrayList<>();
        String cursor = "";
        do {
            int limit = 1 + random.nextInt(9);
            JsonNode answer = read("limit=" + limit + sort + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            answer.path("data")
                    .valueStream()
                    .forEach(row -> seen.add(row.path("id").asLong()));
            cursor = next(answer);
            for (int i = random.nextInt(4); i > 0; i--) {
                if (random.nextBoolean()) {
                    present.add(insertSomewhere(random, used));
                } else {
                    Long gone = present.stream()
                            .skip(random.nextInt(present.size()))
                            .findFirst()
                            .orElseThrow();
                    shelf.sql("delete from sources where id = " + gone);
                    present.remove(gone);
                    stayed.remove(gone);
                }
            }
        } while (!cursor.isEmpty());

        assertThat(seen).as("seed %d", seed).doesNotHaveDuplicates().containsAll(stayed);
    }

    /// @param used ids that a row has or had
    private long insertSomewhere(Random random, Set<Long> used) throws Exception {
        long id = 1 + random.nextInt(10_000);
        while (!used.add(id)) {
            id = 1 + random.nextInt(10_000);
        }
        insert(id, "t" + random.nextInt(20), random.nextInt(4) == 0 ? "null" : String.valueOf(random.nextInt(6)));
        return id;
    }

    @Test
    void aCursorIsGoodForItsOwnTenantAndListAlone() throws Exception {
        for (int i = 1; i <= 5; i++) {
            insert(i, "title " + i, "1");
        }
        String cursor = next(read("limit=2&sort=title.asc"));
        assertThat(read("limit=2&sort=title&cursor=" + cursor).at("/data/0/id").asLong())
                .isEqualTo(3);
        char last = cursor.charAt(cursor.length() - 1);
        String bent = cursor.substring(0, cursor.length() - 1) + (last == 'A' ? 'B' : 'A');
        for (String query : List.of(
                "sort=title.desc&cursor=" + cursor,
                "cursor=" + cursor,
                "sort=title.asc&cursor=" + bent,
                "sort=title.asc&cursor=" + cursor + "A",
                "sort=title.asc&cursor=",
                "sort=title.asc&cursor=%00")) {
            assertThatThrownBy(() -> read(query))
                    .isInstanceOf(BadRequestException.class)
                    .hasMessageContaining("cursor is '");
        }
        assertThatThrownBy(
                        () -> shelf.list(user("other", "mira"), "source", CHANNEL + "&sort=title.asc&cursor=" + cursor))
                .hasMessageContaining("is none of this list");
    }

    @Test
    void aValueTooLongForACursorIsSaidAndNotSkipped() throws Exception {
        for (int i = 1; i <= 3; i++) {
            insert(i, "x".repeat(3_000) + i, "1");
        }
        JsonNode first = read("limit=1&sort=title.asc");
        assertThat(first.at("/pagination/total").asInt()).isEqualTo(3);
        assertThat(first.at("/pagination/nextCursor").isNull()).isTrue();
        insert(0, "short", "1");
        String cursor = next(read("limit=1&sort=title.asc"));
        assertThatThrownBy(() -> read("limit=1&sort=title.asc&cursor=" + cursor))
                .hasMessageContaining("sort by another column");
    }
}
