package dev.rowcast.bench.broker;

import dev.rowcast.bench.machine.Child;
import dev.rowcast.bench.machine.ProcessStat;
import dev.rowcast.bench.machine.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// The other end of [BrokerProcess].
public final class Broker implements AutoCloseable {

    private static final Duration START_WITHIN = Duration.ofSeconds(60);

    private final Child child;
    private final String kafka;
    private final String registry;

    private Broker(Child child, String kafka, String registry) {
        this.child = child;
        this.kafka = kafka;
        this.registry = registry;
    }

    /// @param folder for its data and its log
    public static Broker start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Child child =
                Child.start("broker", folder, BrokerProcess.class.getName(), List.of(folder.toString()), Map.of());
        try {
            Wait.until("the broker is ready", START_WITHIN, () -> {
                child.requireAlive();
                return child.tail().contains(BrokerProcess.READY);
            });
        } catch (IllegalStateException e) {
            child.close();
            throw e;
        }
        String ready = child.tail()
                .lines()
                .filter(line -> line.startsWith(BrokerProcess.READY))
                .findFirst()
                .orElseThrow();
        String[] at = ready.substring(BrokerProcess.READY.length()).split(" ");
        return new Broker(child, at[0], at[1]);
    }

    public String kafka() {
        return kafka;
    }

    public String registry() {
        return registry;
    }

    public double seconds() throws IOException {
        return ProcessStat.of(child.handle()).ownSeconds();
    }

    /// Its data is of no use any more.
    @Override
    public void close() throws InterruptedException {
        child.kill();
    }
}
