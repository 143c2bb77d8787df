package dev.rowcast.cache.redis;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisScriptingAsyncCommands;
import io.lettuce.core.api.async.RedisServerAsyncCommands;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.Supplier;

/// An open way to Redis.
///
/// @param scripts go to the server that has their keys
/// @param primaries each server that has keys, by its address
/// @param open what is closed at the end
record Connection(
        RedisScriptingAsyncCommands<byte[], byte[]> scripts,
        Supplier<Map<String, CompletionStage<? extends RedisServerAsyncCommands<byte[], byte[]>>>> primaries,
        StatefulConnection<byte[], byte[]> open) {

    /// The clock that is furthest behind: a watermark must not be ahead of the clock that it is compared with, which is
    /// that of the server where the value is.
    CompletableFuture<Long> clockMs() {
        return each(RedisServerAsyncCommands::time)
                .thenApply(clocks -> clocks.values().stream()
                        .map(Connection::millis)
                        .min(Long::compare)
                        .orElseThrow(() -> new IllegalStateException("no server of the cluster has keys")));
    }

    /// What each says of itself, by its address.
    CompletableFuture<Map<String, String>> info() {
        return each(RedisServerAsyncCommands::info);
    }

    private <T> CompletableFuture<Map<String, T>> each(
            Function<RedisServerAsyncCommands<byte[], byte[]>, CompletionStage<T>> command) {
        Map<String, T> answers = new ConcurrentSkipListMap<>();
        List<CompletableFuture<Void>> asked = primaries.get().entrySet().stream()
                .map(server -> server.getValue()
                        .thenCompose(command::apply)
                        .thenAccept(answer -> answers.put(server.getKey(), answer))
                        .toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(all -> Collections.unmodifiableMap(new TreeMap<>(answers)));
    }

    private static long millis(List<byte[]> time) {
        long seconds = Long.parseLong(RedisLink.text(time.getFirst()));
        long micros = Long.parseLong(RedisLink.text(time.getLast()));
        return seconds * 1_000 + micros / 1_000;
    }
}
