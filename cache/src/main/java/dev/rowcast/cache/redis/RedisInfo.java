package dev.rowcast.cache.redis;

import io.lettuce.core.resource.ClientResources;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// What a Redis server says of itself.
///
/// @param address without the login
/// @param says such as `maxmemory_policy`; what Redis calls `INFO`, the one command that managed services leave to
///     everybody
public record RedisInfo(String address, Map<String, String> says) {

    /// Asks each server that commands would go to, once: of a cluster its primaries, by their addresses. Takes at most
    /// some ten times the timeout of a command.
    ///
    /// @throws RedisUnavailableException when one does not answer, refuses the login, or is no Redis; with the
    ///     reason in its own words
    public static List<RedisInfo> read(RedisConfig config) throws RedisUnavailableException {
        Refusals refusals = new Refusals();
        ClientResources resources =
                ClientResources.builder().nettyCustomizer(refusals).build();
        Client client = Client.of(config, resources);
        try {
            return await(client.connect().thenCompose(Connection::info), config, refusals).entrySet().stream()
                    .map(server -> new RedisInfo(server.getKey(), lines(server.getValue())))
                    .toList();
        } finally {
            client.lettuce().shutdown(0, 2, TimeUnit.SECONDS);
            resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }

    private static <T> T await(CompletableFuture<T> answer, RedisConfig config, Refusals refusals)
            throws RedisUnavailableException {
        try {
            return answer.get(2 * config.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new RedisUnavailableException(refusals.reason(e), e);
        } catch (TimeoutException e) {
            throw new RedisUnavailableException("it did not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailableException("interrupted while it was asked", e);
        }
    }

    private static Map<String, String> lines(String info) {
        return info.lines()
                .map(line -> line.split(":", 2))
                .filter(words -> words.length == 2)
                .collect(Collectors.toMap(words -> words[0], words -> words[1].strip(), (one, other) -> other));
    }
}
