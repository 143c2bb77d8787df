package dev.rowcast.cache.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.cache.CacheStatus;
import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.StartListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// P5: no read is older than X after a commit, whatever happens to Redis, to the evictor and to the order in which
/// commits are logged and seen. `mvn -pl cache -am test -Dtest=NeverStaleTest -Drowcast.reads=10000000` takes longer.
class NeverStaleTest {

    private static final long READS = Long.getLong("rowcast.reads", 1_000_000);

    private EmbeddedParts parts;
    private EmbeddedParts second;
    private Servers servers;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        parts = start(folder.resolve("first"), Set.of(Part.POSTGRES, Part.REDIS));
        second = start(folder.resolve("second"), Set.of(Part.REDIS));
        servers = new Servers(parts.redis(), second.redis());
    }

    @AfterEach
    void stop() throws IOException {
        servers.close();
        parts.close();
        second.close();
    }

    @Test
    void noReadIsOlderThanItsReaderAllowsWhateverFails() throws Exception {
        long seed = Long.getLong("rowcast.seed", new Random().nextLong());
        World.Outcome outcome = new World(seed, false, parts.postgres(), servers).run(READS, READS / 500);
        System.out.printf("seed %d: %s%n", seed, outcome);
        assertThat(outcome.stale()).as("seed %d: %s", seed, outcome).isZero();
        assertThat(outcome.total()).as("seed %d, within the time", seed).isGreaterThanOrEqualTo(READS);
        assertThat(outcome.reads().get(CacheStatus.HIT_L1)).as("seed %d", seed).isPositive();
        assertThat(outcome.reads().get(CacheStatus.HIT_L2)).as("seed %d", seed).isPositive();
        assertThat(outcome.reads().get(CacheStatus.MISS)).as("seed %d", seed).isPositive();
        assertThat(outcome.reads().get(CacheStatus.BYPASS)).as("seed %d", seed).isPositive();
    }

    @Test
    void withoutFencesSomeReadsAreOlderSoTheTestCanTell() throws Exception {
        World.Outcome outcome = new World(1, true, parts.postgres(), servers).run(READS / 5, 2_000);
        assertThat(outcome.stale()).isPositive();
    }

    private static EmbeddedParts start(Path folder, Set<Part> parts) {
        return EmbeddedParts.start(EmbeddedConfig.in(folder).withParts(parts).withDurable(false), StartListener.SILENT);
    }
}
