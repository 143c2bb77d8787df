package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.ingest.inbox.InboxMeter;
import dev.rowcast.ingest.quarantine.Quarantine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsPageTest {

    private static final Pattern NAME = Pattern.compile("^\\| `(rowcast\\.ingest\\.[a-z.]+)`", Pattern.MULTILINE);

    @Test
    void thePageOfTheMetricsNamesWhatIngestRegisters() {
        // Given
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        IngestMetrics metrics = new IngestMetrics(
                registry,
                "app",
                IngestState.Starting::new,
                new SnapshotBoard(),
                new Quarantine(InstantSource.system()),
                InstantSource.system());
        new InboxMeter(registry, "app", InstantSource.system());
        metrics.deadLetter("public.notes", "NO_TENANT");

        // When
        Set<String> page = NAME.matcher(World.file("../docs/reference/metrics.md"))
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        // Then
        Set<String> registered = registry.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(page).isEqualTo(registered);
    }
}
