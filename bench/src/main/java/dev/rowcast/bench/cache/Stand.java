package dev.rowcast.bench.cache;

import dev.rowcast.embedded.EmbeddedConfig;
import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.StartListener;
import dev.rowcast.embedded.faults.Proxy;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.standalone.stack.Addresses;
import dev.rowcast.standalone.stack.Stack;
import dev.rowcast.standalone.stack.StackListener;
import dev.rowcast.standalone.stack.StackSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;

/// Everything that `up` starts, with the rooms and with a Redis that can be made to fail.
final class Stand implements AutoCloseable {

    private final EmbeddedParts server;
    private final Stack stack;
    private final Rooms rooms;
    private final Proxy proxy;
    private final History history;

    private Stand(EmbeddedParts server, Stack stack, int rooms) throws IOException {
        this.server = server;
        this.stack = stack;
        this.rooms = new Rooms(stack.addresses().database());
        this.proxy = new Proxy(server.redis().port());
        this.history = new History(rooms);
    }

    /// @param home the folder of the installation
    /// @param folder for everything that is written
    static Stand start(Path home, Path folder, int rooms) throws IOException {
        Path example = folder.resolve("rooms");
        Rooms.describe(example, rooms);
        EmbeddedParts server = EmbeddedParts.start(
                EmbeddedConfig.in(folder.resolve("server")).withParts(EnumSet.of(Part.REDIS)), StartListener.SILENT);
        try {
            StackSettings settings = new StackSettings(
                    folder.resolve("data"),
                    home.resolve("infra/postgres/setup.sql"),
                    Optional.of(example),
                    Optional.empty(),
                    Optional.empty(),
                    0,
                    0,
                    Map.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(server.redis().url()),
                    Optional.empty());
            return new Stand(server, Stack.start(settings, StackListener.SILENT), rooms);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    Addresses at() {
        return stack.addresses();
    }

    TopicSerdes serdes() {
        return new TopicSerdes(new RegistryClient(at().registry()));
    }

    Rooms rooms() {
        return rooms;
    }

    History history() {
        return history;
    }

    Redis redis() {
        return server.redis();
    }

    String redisUrl() {
        return server.redis().url();
    }

    /// Before Redis, for those who are to be cut off from it.
    Proxy proxy() {
        return proxy;
    }

    String urlThroughProxy() {
        return "redis://127.0.0.1:" + proxy.port();
    }

    @Override
    public void close() throws IOException {
        rooms.close();
        proxy.close();
        stack.close();
        server.close();
    }
}
