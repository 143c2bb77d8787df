package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.check.Finding;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Looks at Redis: caches may lose a whole entry at any time, but not the marks that say what is stale.
final class RedisExam {

    private static final int MAJOR = 6;
    private static final int MINOR = 2;
    private static final Pattern NUMBERS = Pattern.compile("^(\\d{1,4})\\.(\\d{1,4})");

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
        return findings(redis.address(), info);
    }

    /// @param info what it says of itself
    static List<Finding> findings(String address, Map<String, String> info) {
        String version = info.getOrDefault("redis_version", "?");
        return List.of(
                Finding.ok(ServiceCheck.REDIS, "%s, Redis %s".formatted(address, version)),
                version(version),
                role(address, info.getOrDefault("role", "")),
                eviction(info.getOrDefault("maxmemory_policy", "")),
                persistence(info));
    }

    private static Finding version(String version) {
        Matcher numbers = NUMBERS.matcher(version);
        boolean knows = numbers.find()
                && (Integer.parseInt(numbers.group(1)) > MAJOR
                        || Integer.parseInt(numbers.group(1)) == MAJOR && Integer.parseInt(numbers.group(2)) >= MINOR);
        return knows
                ? Finding.ok(ServiceCheck.REDIS_VERSION, version)
                : Finding.error(
                        ServiceCheck.REDIS_VERSION,
                        "Redis is %s; caches are written for %d.%d or later".formatted(version, MAJOR, MINOR),
                        "upgrade it");
    }

    private static Finding role(String address, String role) {
        return role.equals("slave")
                ? Finding.error(
                        ServiceCheck.REDIS_ROLE,
                        "%s is a replica, which refuses what is written".formatted(address),
                        "give the address of the primary in REDIS_URL")
                : Finding.ok(ServiceCheck.REDIS_ROLE, "takes what is written");
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
