package dev.rowcast.standalone.cli;

import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.standalone.stack.Addresses;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Makes, lists, replaces and revokes API keys. They are rows of a captured table, so each takes effect by itself.
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Makes, lists, replaces and revokes the keys that let clients in.",
        footer = {"", "A key is printed once; the database has its hash."})
final class KeyCommand implements Runnable {

    private static final String NAME = "[a-z0-9][a-z0-9-]{0,39}";
    private static final List<String> SCOPES = List.of("subscribe", "read", "publish");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say what to do with keys: create, list, rotate or revoke");
    }

    /// Which database; an option of each.
    static final class Database {

        @Mixin
        private final Home home = new Home();

        @Option(
                names = "--database-url",
                paramLabel = "URL",
                defaultValue = "${env:DATABASE_URL}",
                description = "The captured database, as a role that may write rowcast.api_keys (default: that of up).")
        private Optional<String> url = Optional.empty();

        /// Does something with its keys.
        private interface Work {
            int on(ApiKeyRows rows) throws SQLException;
        }

        private int with(Work work) throws SQLException {
            DatabaseUrl at =
                    url.map(DatabaseUrl::parse).orElseGet(() -> home.addresses().database());
            try (Connection connection = DriverManager.getConnection(at.jdbcUrl(), at.user(), at.password())) {
                return work.on(new ApiKeyRows(connection));
            }
        }
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Makes a key and prints it, once.")
    int create(
            @Mixin Database database,
            @Parameters(paramLabel = "NAME", description = "What it is for, such as web; begins its id.") String name,
            @Option(names = "--tenant", required = true, description = "Whose it is.") String tenant,
            @Option(names = "--secret", description = "For servers, which may publish.") boolean secret,
            @Option(
                            names = "--scope",
                            description = "What it may do: subscribe, read, publish (default: subscribe;"
                                    + " with --secret also publish).")
                    Optional<String> scope)
            throws SQLException {
        List<String> scopes = scope.map(text -> List.of(text.split(",")))
                .orElse(secret ? List.of("subscribe", "publish") : List.of("subscribe"));
        check(name.matches(NAME), "a key's name has up to 40 of a-z, 0-9 and '-', is '%s'".formatted(name));
        check(SCOPES.containsAll(scopes), "a scope is one of %s, not %s".formatted(SCOPES, scopes));
        check(secret || !scopes.contains("publish"), "publishing needs a secret key: add --secret");
        return database.with(
                rows -> print(rows.make(name, new TenantId(tenant), secret ? "secret" : "publishable", scopes)));
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Lists the keys, and when each was last used on the gateway since its start.")
    int list(
            @Mixin Database database,
            @Option(names = "--tenant", defaultValue = "", description = "Only this one's.") String tenant,
            @Option(
                            names = "--gateway",
                            paramLabel = "URL",
                            description = "Port for operators of a gateway (default: that of up).")
                    Optional<String> gateway)
            throws SQLException {
        Optional<Map<String, String>> used =
                KeyUse.ask(gateway.or(() -> Addresses.find(database.home.data()).map(Addresses::management)));
        return database.with(rows -> {
            List<List<String>> lines = new ArrayList<>();
            lines.add(List.of("ID", "TENANT", "KIND", "SCOPES", "CREATED", "LAST USED", "REVOKED"));
            for (ApiKeyRows.Row row : rows.all()) {
                if (tenant.isEmpty() || tenant.equals(row.tenant().value())) {
                    lines.add(List.of(
                            row.id(),
                            row.tenant().value(),
                            row.kind(),
                            String.join(",", row.scopes()),
                            row.created(),
                            used.map(known -> known.getOrDefault(row.id(), "not here"))
                                    .orElse("unknown"),
                            row.revoked()));
                }
            }
            Columns.print(lines, out());
            return 0;
        });
    }

    @Command(
            name = "rotate",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Makes a second key like this one; both are good until you revoke the first.")
    int rotate(@Mixin Database database, @Parameters(paramLabel = "ID") String id) throws SQLException {
        return database.with(rows -> {
            Optional<ApiKeyRows.Row> old = rows.find(id).filter(ApiKeyRows.Row::isValid);
            if (old.isEmpty()) {
                return missing(id);
            }
            ApiKeyRows.Row row = old.get();
            print(rows.make(row.name(), row.tenant(), row.kind(), row.scopes()));
            out().println("When nothing shows the old one any more: ./rowcast key revoke " + id);
            return 0;
        });
    }

    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            sortOptions = false,
            description = "Ends a key; its connections are closed.")
    int revoke(@Mixin Database database, @Parameters(paramLabel = "ID") String id) throws SQLException {
        return database.with(rows -> {
            if (!rows.revoke(id)) {
                return missing(id);
            }
            out().println("Key %s is revoked.".formatted(id));
            return 0;
        });
    }

    private int print(ApiKeyRows.Made made) {
        out().println("Key %s, shown only now:".formatted(made.id()));
        out().println(made.text());
        return 0;
    }

    private int missing(String id) {
        spec.commandLine()
                .getErr()
                .println("rowcast: there is no valid key '%s'; ./rowcast key list has them".formatted(id));
        return 1;
    }

    private void check(boolean right, String problem) {
        if (!right) {
            throw new ParameterException(spec.commandLine(), problem);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
