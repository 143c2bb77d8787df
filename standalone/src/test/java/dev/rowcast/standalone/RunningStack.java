package dev.rowcast.standalone;

import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.standalone.cli.Rowcast;
import dev.rowcast.standalone.containers.ContainerParts;
import dev.rowcast.standalone.stack.Addresses;
import dev.rowcast.standalone.stack.Stack;
import dev.rowcast.standalone.stack.StackListener;
import dev.rowcast.standalone.stack.StackSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Everything that `up` starts, on free ports, once for all test classes that ask for it by a parameter.
final class RunningStack implements ParameterResolver {

    /// The stack that runs, and how to change a row in it.
    static final class Running implements AutoCloseable {

        private final Path data;
        private final Stack stack;

        private Running(Path data, Stack stack) {
            this.data = data;
            this.stack = stack;
        }

        /// One of its own, with other tables.
        ///
        /// @param example schema.sql, data.sql and rowcast.yaml
        static Running of(Path example) {
            return start(settings -> new StackSettings(
                    settings.data(),
                    settings.setup(),
                    Optional.of(example),
                    Optional.empty(),
                    Optional.empty(),
                    settings.port(),
                    settings.managementPort(),
                    settings.partPorts(),
                    settings.database(),
                    settings.kafka(),
                    settings.redis(),
                    settings.registry()));
        }

        Addresses at() {
            return stack.addresses();
        }

        Path data() {
            return data;
        }

        /// What `./rowcast token --sub` prints, as a header.
        String[] as(String user) {
            return new String[] {"Authorization", "Bearer " + token(user, "demo")};
        }

        /// What `./rowcast token --sub --tenant` prints.
        String token(String user, String tenant) {
            StringWriter out = new StringWriter();
            int code = Rowcast.run(new PrintWriter(out, true), new PrintWriter(out, true), new String[] {
                "token", "--sub=" + user, "--tenant=" + tenant, "--data=" + data
            });
            if (code != 0) {
                throw new IllegalStateException(out.toString());
            }
            return out.toString().strip();
        }

        void sql(String sql) {
            DatabaseUrl database = at().database();
            try (Connection connection =
                            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(sql, e);
            }
        }

        @Override
        public void close() throws Exception {
            stack.close();
            TestFolders.delete(data);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Running.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Store store = context.getRoot().getStore(Namespace.create(RunningStack.class));
        if (context.getTags().contains(ContainerParts.TAG)) {
            // Before the stack, because what is stored last is closed first.
            ContainerParts parts = store.computeIfAbsent(
                    ContainerParts.class, key -> ContainerParts.start(TestFolders.home()), ContainerParts.class);
            return store.computeIfAbsent(ContainerParts.TAG, key -> start(parts::in), Running.class);
        }
        return store.computeIfAbsent(Running.class, key -> start(UnaryOperator.identity()), Running.class);
    }

    private static Running start(UnaryOperator<StackSettings> where) {
        try {
            Path data = Files.createTempDirectory("rowcast-stack");
            StackSettings settings =
                    StackSettings.embedded(TestFolders.home(), data, "vaults").onFreePorts();
            return new Running(data, Stack.start(where.apply(settings), StackListener.SILENT));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
