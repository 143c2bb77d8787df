package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.check.Finding;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/// Looks at Redis: caches may lose a whole entry at any time, but not the marks that say what is stale.
final class RedisExam {

    private RedisExam() {}

    static List<Finding> findings(String url) {
        RedisInfo redis = new RedisInfo(url);
        Map<String, String> info;
        try {
            info = redis.read();
        } catch (IOException e) {
            return List.of(Finding.error(
                    ServiceCheck.REDIS,
                    "%s does not serve: %s".formatted(redis.address(), e.getMessage()),
                    "start it, or mend REDIS_URL"));
        }
        return List.of(
                Finding.ok(
                        ServiceCheck.REDIS,
                        "%s, Redis %s".formatted(redis.address(), info.getOrDefault("redis_version", "?"))),
                eviction(info.getOrDefault("maxmemory_policy", "")),
                persistence(info));
    }

    private static Finding eviction(String policy) {
        return policy.startsWith("allkeys")
                ? Finding.error(
                        ServiceCheck.REDIS_EVICTION,
                        "maxmemory-policy is %s: when memory is short it drops marks that say what is stale"
                                .formatted(policy),
                        "let only keys with a time to live go; keep it in redis.conf too",
                        "CONFIG SET maxmemory-policy volatile-ttl")
                : Finding.ok(ServiceCheck.REDIS_EVICTION, "maxmemory-policy " + policy);
    }

    private static Finding persistence(Map<String, String> info) {
        return Finding.ok(
                ServiceCheck.REDIS_PERSISTENCE,
                info.getOrDefault("aof_enabled", "0").equals("1")
                        ? "appendonly yes"
                        : "appendonly no: after a restart caches are cold until they have caught up");
    }
}
