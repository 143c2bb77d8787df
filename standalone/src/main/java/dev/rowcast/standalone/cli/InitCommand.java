package dev.rowcast.standalone.cli;

import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.standalone.init.FirstCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Writes a first catalog from a database that lives, and says what it guessed.
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes a first rowcast.yaml from your database, and the SQL that it still needs.")
final class InitCommand implements Callable<Integer> {

    @Mixin
    private final Home home = new Home();

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            defaultValue = "${env:DATABASE_URL}",
            description = "Your Postgres (default: that of the last up).")
    private Optional<String> database = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            defaultValue = "rowcast.yaml",
            description = "The catalog (default: ${DEFAULT-VALUE}); the SQL goes beside it, with .sql at the end.")
    private Path out = Path.of("rowcast.yaml");

    @Option(names = "--source", description = "The catalog's name of the database (default: made of its name).")
    private Optional<String> source = Optional.empty();

    @Option(names = "--schema", description = "Only this schema; may be given several times.")
    private Set<String> schemas = Set.of();

    @Option(names = "--force", description = "Overwrite files that are there.")
    private boolean force;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, SQLException {
        Path sql = out.resolveSibling(out.getFileName().toString().replaceFirst("\\.ya?ml$", "") + ".sql");
        refuseToOverwrite(out);
        refuseToOverwrite(sql);
        DatabaseUrl url = url();
        FirstCatalog first = FirstCatalog.guess(
                url,
                source.orElseGet(() -> FirstCatalog.sourceOf(url.database())),
                schemas,
                Files.readString(home.folder().resolve("infra/postgres/setup.sql")));
        Files.writeString(out, first.yaml());
        Files.writeString(sql, first.sql());
        print(first, url, sql);
        return 0;
    }

    private void refuseToOverwrite(Path file) {
        if (Files.exists(file) && !force) {
            throw new IllegalStateException(
                    "%s is there already; give --out another name, or --force [FILE_EXISTS]".formatted(file));
        }
    }

    private DatabaseUrl url() {
        if (database.isEmpty()) {
            return home.addresses().database();
        }
        try {
            return DatabaseUrl.parse(database.get());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
        }
    }

    private void print(FirstCatalog first, DatabaseUrl url, Path sql) {
        PrintWriter to = spec.commandLine().getOut();
        to.println("%d tables of %s are in %s. Guessed:".formatted(first.tables(), url, out));
        first.guesses().forEach(guess -> to.println("  " + guess));
        if (!first.leftOut().isEmpty()) {
            to.println();
            to.println("Left out:");
            first.leftOut().forEach(table -> to.println("  " + table));
        }
        to.println();
        to.println(
                "Read %s, and correct what is wrong. Then, with your database's URL in DATABASE_URL:".formatted(out));
        to.println("  psql \"$DATABASE_URL\" -v ON_ERROR_STOP=1 -f %s".formatted(sql));
        to.println("  ./rowcast doctor --catalog %s".formatted(out));
        to.println("  ./rowcast up --catalog %s".formatted(out));
        to.flush();
    }
}
