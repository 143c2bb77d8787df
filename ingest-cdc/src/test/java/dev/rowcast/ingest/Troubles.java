package dev.rowcast.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.ingest.fault.Fault;
import dev.rowcast.ingest.fault.FaultCode;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What tests ask of an ingest that cannot go on.
final class Troubles {

    private static final Pattern STATEMENT = Pattern.compile("insert into rowcast\\.resnapshots .*;");

    private Troubles() {}

    static Fault awaitDown(Ingest ingest, FaultCode code) {
        AtomicReference<Fault> seen = new AtomicReference<>();
        await().atMost(World.PATIENCE.multipliedBy(2))
                .untilAsserted(() -> assertThat(ingest.state()).isInstanceOfSatisfying(IngestState.Down.class, down -> {
                    assertThat(down.fault().code()).as(down.fault().reason()).isEqualTo(code);
                    seen.set(down.fault());
                }));
        return seen.get();
    }

    /// Runs the statement that the fault's own text names.
    static void doAsToldBy(Fault fault, World world) {
        Matcher statement = STATEMENT.matcher(fault.fix());
        assertThat(statement.find()).as(fault.fix()).isTrue();
        world.execute(statement.group());
    }

    static Set<Long> epochs(World world) {
        return world.changes.records().stream()
                .map(record -> record.value().getEpoch())
                .collect(Collectors.toSet());
    }
}
