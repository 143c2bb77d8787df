package dev.rowcast.gateway.policy;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.Script;
import dev.rowcast.gateway.limit.Quota;
import dev.rowcast.gateway.limit.Rule;
import dev.rowcast.gateway.limit.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/// What was used of every policy, in Redis: asked and counted in one round trip, by Redis' own clock. Every key has an
/// end, and all of them are in one slot of a cluster: a request's address, its principal and its room have to be
/// counted in one step or not at all, and no other tag would have all three of them together.
final class SharedCounts {

    private static final Script ASK = Script.load(SharedCounts.class, "ask.lua");
    private static final int ANSWERS = 4;
    private static final long US_PER_MS = 1_000;

    private final RedisLink redis;
    private final String prefix;

    /// @param installation tells this one from others that share the Redis: lower case letters, digits and _
    SharedCounts(RedisLink redis, String installation) {
        this.redis = redis;
        this.prefix = "{" + installation + "-limits}:";
    }

    /// What Redis said.
    ///
    /// @param atUs when, by Redis' clock
    /// @param verdicts one for each hit, in their order
    record Answer(long atUs, List<Verdict> verdicts) {}

    /// Counts the request for all hits, or for none.
    ///
    /// @return fails when Redis does
    CompletionStage<Answer> ask(List<Hit> hits) {
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> arguments = new ArrayList<>();
        for (Hit hit : hits) {
            keys.add(key(hit));
            arguments(hit.policy().rule()).forEach(each -> arguments.add(bytes(each)));
        }
        return redis.run(ASK, keys, arguments).thenApply(all -> answer(hits, all));
    }

    /// The one place where names of keys are made. One that counts by another rule is another key.
    private byte[] key(Hit hit) {
        String kind = hit.policy().rule() instanceof Rule.AtRate ? "b" : "w";
        return bytes(prefix + kind + ":" + hit.policy().name() + ":" + hit.subject());
    }

    private static List<String> arguments(Rule rule) {
        return switch (rule) {
            case Rule.InWindow(int limit, Duration window) -> List.of("w", number(limit), micros(window));
            case Quota quota -> List.of("w", number(quota.requests()), micros(quota.window()));
            case Rule.AtRate(int tokens, Duration every, int burst) ->
                List.of("b", number(burst), number(Math.ceilDiv(every.toMillis() * US_PER_MS, tokens)));
        };
    }

    private static Answer answer(List<Hit> hits, List<Object> all) {
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < hits.size(); i++) {
            Rule rule = hits.get(i).policy().rule();
            int at = 1 + i * ANSWERS;
            verdicts.add(new Verdict(
                    number(all.get(at)) == 1,
                    rule.limit(),
                    rule.window(),
                    Math.toIntExact(number(all.get(at + 1))),
                    Duration.ofMillis(number(all.get(at + 2))),
                    Duration.ofMillis(number(all.get(at + 3)))));
        }
        return new Answer(number(all.getFirst()), verdicts);
    }

    private static long number(Object part) {
        return Long.parseLong(RedisLink.text(part));
    }

    private static String number(long value) {
        return Long.toString(value);
    }

    private static String micros(Duration time) {
        return number(time.toMillis() * US_PER_MS);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
