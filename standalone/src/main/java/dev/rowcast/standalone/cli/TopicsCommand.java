package dev.rowcast.standalone.cli;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.topic.Format;
import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// The catalogue of topics; needs nothing running.
@Command(
        name = "topics",
        mixinStandardHelpOptions = true,
        description = "Lists the Kafka topics: purpose, key, schema, retention.")
final class TopicsCommand implements Callable<Integer> {

    @Mixin
    private final Home home = new Home();

    @Option(names = "--catalog", paramLabel = "FILE", description = "Your rowcast.yaml (default: the example's).")
    private Optional<Path> catalog = Optional.empty();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("TOPIC", "KEY", "SCHEMA", "PARTITIONS", "RETENTION", "PURPOSE"));
        topics().map(TopicsCommand::row).forEach(rows::add);
        Columns.print(rows, out);
        out.println();
        out.println("Read one: ./rowcast tail cdc.app.public.sources --from earliest -n 3");
        out.flush();
        return 0;
    }

    private Stream<Topic<?, ?>> topics() {
        Catalog loaded = Catalog.load(catalog.orElseGet(home::exampleCatalog));
        Stream<Topic<?, ?>> rows =
                loaded.publishedTables().stream().sorted().map(table -> Topics.rows(loaded.source(), table.toString()));
        return Stream.concat(rows, Topics.all(loaded.highVolume().tenants()).stream());
    }

    private static List<String> row(Topic<?, ?> topic) {
        return List.of(
                topic.name(),
                topic.keyedBy(),
                schema(topic),
                Integer.toString(topic.partitions()),
                topic.retention().toString(),
                topic.purpose());
    }

    private static String schema(Topic<?, ?> topic) {
        return switch (topic.value()) {
            case Format.Avro<?> avro -> avro.type().getSimpleName() + " (Avro)";
            case Format.Row row -> "row envelope (Avro)";
            case Format.Text text -> "text";
            case Format.Bytes bytes -> "as it was";
        };
    }
}
