package dev.rowcast.standalone.doctor;

import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisInfo;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.ingest.check.Finding;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Looks at Redis: caches may lose a whole entry at any time, but not the marks that say what is stale.
final class RedisExam {

    private static final int MAJOR = 6;
    private static final int MINOR = 2;
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final String CLUSTER = "-cluster://";
    private static final Pattern NUMBERS = Pattern.compile("^(\\d{1,4})\\.(\\d{1,4})");

    private RedisExam() {}

    static List<Finding> findings(String url) {
        try {
            return RedisInfo.read(RedisConfig.of(url).withTimeout(TIMEOUT)).stream()
                    .flatMap(server -> findings(url.contains(CLUSTER), server).stream())
                    .toList();
        } catch (RedisUnavailableException e) {
            return List.of(Finding.error(
                    ServiceCheck.REDIS,
                    "%s does not serve: %s".formatted(withoutLogin(url), e.getMessage()),
                    "start it, or mend REDIS_URL"));
        }
    }

    /// @param asCluster whether the address says so
    static List<Finding> findings(boolean asCluster, RedisInfo server) {
        String version = server.says().getOrDefault("redis_version", "?");
        return List.of(
                Finding.ok(ServiceCheck.REDIS, "%s, Redis %s".formatted(server.address(), version)),
                version(version),
                cluster(asCluster, server),
                role(server),
                eviction(server.says().getOrDefault("maxmemory_policy", "")),
                persistence(server.says()));
    }

    private static String withoutLogin(String url) {
        return url.substring(Math.max(url.lastIndexOf('@'), url.lastIndexOf('/', url.lastIndexOf(':'))) + 1);
    }

    private static Finding cluster(boolean asCluster, RedisInfo server) {
        boolean isOfCluster = server.says().getOrDefault("cluster_enabled", "0").equals("1");
        return isOfCluster && !asCluster
                ? Finding.error(
                        ServiceCheck.REDIS_CLUSTER,
                        "%s is one server of a cluster, and refuses the keys of the others".formatted(server.address()),
                        "begin REDIS_URL with redis-cluster://, or rediss-cluster:// for TLS")
                : Finding.ok(ServiceCheck.REDIS_CLUSTER, isOfCluster ? "one of a cluster" : "for itself");
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

    private static Finding role(RedisInfo server) {
        return server.says().getOrDefault("role", "").equals("slave")
                ? Finding.error(
                        ServiceCheck.REDIS_ROLE,
                        "%s is a replica, which refuses what is written".formatted(server.address()),
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
