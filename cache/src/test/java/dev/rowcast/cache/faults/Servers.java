package dev.rowcast.cache.faults;

import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.faults.Proxy;
import dev.rowcast.schemas.topic.Topics;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// Two Redis servers, of which one is the other's replica, behind a proxy that leads to the master.
final class Servers implements AutoCloseable {

    private final RedisClient client = RedisClient.create();
    private final Proxy proxy;
    private Redis master;
    private Redis replica;

    Servers(Redis first, Redis second) throws IOException {
        this.master = first;
        this.replica = second;
        this.proxy = new Proxy(first.port());
        follow(second, first);
    }

    String url() {
        return "redis://127.0.0.1:" + proxy.port();
    }

    Proxy proxy() {
        return proxy;
    }

    void flush() {
        ask(master, RedisCommands::flushall);
    }

    /// Answers nobody for a while, as a machine does that swaps.
    void pause(Duration time) throws InterruptedException {
        master.pause();
        Thread.sleep(time);
        master.resume();
    }

    /// Comes back empty.
    void killAndStart() {
        master.kill();
        master.start();
    }

    /// The replica hears nothing more of the master.
    void detach() {
        ask(replica, RedisCommands::replicaofNoOne);
    }

    /// The replica takes over with what it has.
    void failOver() {
        Redis old = master;
        master = replica;
        replica = old;
        ask(master, RedisCommands::replicaofNoOne);
        proxy.leadTo(master.port());
        follow(replica, master);
    }

    /// All that is remembered of who evicted what.
    void forgetFences(String namespace) {
        try {
            ask(
                    master,
                    redis -> IntStream.range(0, Topics.EVICTIONS.partitions())
                            .forEach(partition -> redis.del("{" + namespace + "-" + partition + "}:fences")));
        } catch (RedisException e) {
            // It is being killed; then they are gone too.
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() throws IOException {
        proxy.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }

    private void follow(Redis follower, Redis leader) {
        ask(follower, redis -> redis.replicaof("127.0.0.1", leader.port()));
    }

    private void ask(Redis server, Consumer<RedisCommands<String, String>> command) {
        server.start(); // where it died of what it went through, it comes back empty, as after a kill
        try (StatefulRedisConnection<String, String> connection =
                client.connect(RedisURI.create("127.0.0.1", server.port()))) {
            command.accept(connection.sync());
        }
    }
}
