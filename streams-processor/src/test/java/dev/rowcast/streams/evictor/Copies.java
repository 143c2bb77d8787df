package dev.rowcast.streams.evictor;

import io.lettuce.core.RestoreArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a replica has that stopped to follow: a copy of a namespace's keys as they were, which takes over in one step.
final class Copies {

    static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

    private Copies() {}

    static Map<String, byte[]> take(StatefulRedisConnection<String, byte[]> connection, String namespace) {
        RedisCommands<String, byte[]> redis = connection.sync();
        List<String> keys = redis.keys("{" + namespace + "-*");
        redis.multi();
        keys.forEach(redis::dump);
        List<Object> dumps = redis.exec().stream().toList();
        Map<String, byte[]> copy = new HashMap<>();
        for (int i = 0; i < keys.size(); i++) {
            if (dumps.get(i) instanceof byte[] dump) {
                copy.put(keys.get(i), dump);
            }
        }
        return copy;
    }

    static void restore(
            StatefulRedisConnection<String, byte[]> connection, String namespace, Map<String, byte[]> copy) {
        RedisCommands<String, byte[]> redis = connection.sync();
        List<String> now = redis.keys("{" + namespace + "-*");
        redis.multi();
        now.forEach(redis::del);
        copy.forEach((key, dump) ->
                redis.restore(key, dump, RestoreArgs.Builder.ttl(0).replace()));
        redis.exec();
    }
}
