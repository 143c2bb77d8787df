package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.ALICE;
import static dev.rowcast.streams.audience.Samples.attach;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.fromTheBeginning;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.source;
import static dev.rowcast.streams.audience.Samples.subscribe;
import static dev.rowcast.streams.audience.Samples.updated;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.catalog.JournalLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A parent moves while another transaction changes its child: whichever commits first, a client that skips what is not
/// newer than what it has skips neither.
class MovedChildVersionTest {

    private static final String SOURCES = "public.sources";
    private static final String ANNOTATIONS = "public.annotations";
    private static final long CHILD_LSN = 2_000;
    private static final long PARENT_LSN = 3_000;

    private final RestartableTask task = new RestartableTask(Samples.CATALOG, JournalLimits.DEFAULTS);
    private final Map<String, Long> applied = new HashMap<>();
    private long next;

    @BeforeEach
    void aSourceInVaultOneHasAnAnnotation() {
        task.command("demo", attach("n1", 0));
        task.command("demo", subscribe("n1", 1, ALICE, fromTheBeginning(), channel("vault:1"), channel("vault:2")));
        apply(inserted(SOURCES, "5", 1_000, source(5, 1, "a")));
        apply(inserted(ANNOTATIONS, "9", 1_100, annotation("first")));
    }

    @Test
    @DisplayName("P2: the parent moves, then a change of the child commits that is earlier in the WAL")
    void theParentMovesBeforeTheChildsChangeCommits() {
        assertThat(apply(updated(SOURCES, "5", PARENT_LSN, source(5, 1, "a"), source(5, 2, "a"))))
                .contains("DELETE 9", "CREATE 9");

        assertThat(apply(updated(ANNOTATIONS, "9", CHILD_LSN, annotation("first"), annotation("second"))))
                .containsExactly("UPDATE 9");
    }

    @Test
    @DisplayName("P2: a change of the child commits, then the parent moves by a change that is earlier in the WAL")
    void theChildsChangeCommitsBeforeTheParentMoves() {
        assertThat(apply(updated(ANNOTATIONS, "9", PARENT_LSN, annotation("first"), annotation("second"))))
                .containsExactly("UPDATE 9");

        assertThat(apply(updated(SOURCES, "5", CHILD_LSN, source(5, 1, "a"), source(5, 2, "a"))))
                .contains("DELETE 9", "CREATE 9");
    }

    @Test
    @DisplayName("P2: the parent moves there and back again, and each time its child is told")
    void theParentMovesThereAndBack() {
        for (int i = 0; i < 50; i++) {
            assertThat(apply(updated(
                            SOURCES, "5", PARENT_LSN + i, source(5, 1 + i % 2, "a"), source(5, 2 - i % 2, "a"))))
                    .contains("DELETE 9", "CREATE 9");
        }
    }

    /// What a client does that knows the page of the protocol.
    ///
    /// @return what it did not skip of annotations
    private List<String> apply(Change change) {
        List<String> done = new ArrayList<>();
        for (var delivery : task.change("demo", next++, change)) {
            if (delivery.getBody() instanceof Frames frames) {
                frames.getFrames().forEach(frame -> apply(frame.getKeys(), done));
            }
        }
        return done;
    }

    private void apply(String invalidate, List<String> done) {
        JsonNode payload = JsonMapper.shared().readTree(invalidate).path("payload");
        JsonNode changed = payload.path("changes").path(0);
        String id = changed.path("entityId").asString();
        boolean versioned = changed.has("version");
        long version = changed.path("version").asLong(0);
        String entity = payload.path("entityCode").asString() + ":" + id;
        if (versioned && version <= applied.getOrDefault(entity, -1L)) {
            return;
        }
        if (versioned) {
            applied.put(entity, version);
        }
        if (entity.startsWith("annotation")) {
            done.add(changed.path("action").asString() + " " + id);
        }
    }

    private static Map<String, String> annotation(String body) {
        return Map.of("id", "9", "source_id", "5", "body", '"' + body + '"', "site_id", "\"demo\"");
    }
}
