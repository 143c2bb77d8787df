package dev.rowcast.bench.cache;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;

/// GET, and on a miss the database and SETEX: with Lettuce as it is by default.
final class LookAside implements Way {

    static final Duration LIFE = Duration.ofSeconds(300);

    private final RedisClient client;
    private final StatefulRedisConnection<byte[], byte[]> redis;
    private final Rooms rooms;
    private final String prefix;

    /// @param prefix of the keys
    LookAside(String redisUrl, Rooms rooms, String prefix) {
        this.client = RedisClient.create(RedisURI.create(redisUrl));
        this.redis = client.connect(ByteArrayCodec.INSTANCE);
        this.rooms = rooms;
        this.prefix = prefix;
    }

    static byte[] key(String prefix, String tag) {
        return ("aside:" + prefix + ":" + tag).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Answer read(int room) throws SQLException {
        byte[] key = key(prefix, Rooms.tag(room));
        try {
            byte[] found = redis.sync().get(key);
            if (found != null) {
                return new Answer(Rooms.version(found), From.REDIS);
            }
        } catch (RedisException e) {
            return fromDatabase(room);
        }
        byte[] value = rooms.load(room).value();
        try {
            redis.sync().set(key, value, SetArgs.Builder.ex(LIFE));
        } catch (RedisException e) {
            return new Answer(Rooms.version(value), From.DATABASE); // it is not kept
        }
        return new Answer(Rooms.version(value), From.DATABASE);
    }

    private Answer fromDatabase(int room) throws SQLException {
        return new Answer(Rooms.version(rooms.load(room).value()), From.DATABASE);
    }

    @Override
    public void close() {
        redis.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
}
