package dev.rowcast.cache.spring;

import dev.rowcast.cache.Freshness;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How one cache name of `@Cacheable` is kept.
///
/// @param tag with `{0}`, `{1}`… for the method's parameters, such as `vault:{0}:sources`: what the catalog evicts when
///     any row changes that the method reads
/// @param type of the method's result
/// @param tenant whose value it is: from the caller's verified credential, or a constant
/// @param freshness of every answer
/// @param life of what is kept, a backstop
public record CacheRule(String tag, Class<?> type, Supplier<TenantId> tenant, Freshness freshness, Duration life) {

    private static final Pattern PARAMETER = Pattern.compile("\\{(\\d)}");

    /// Within 2 s, kept for 5 min.
    public static CacheRule of(String tag, Class<?> type, Supplier<TenantId> tenant) {
        return new CacheRule(tag, type, tenant, Freshness.DEFAULT, Duration.ofMinutes(5));
    }

    /// The tag of a call.
    ///
    /// @throws CacheKeyException when the tag needs a parameter that the method or a row's tag has not
    String tag(CallKey call) {
        return PARAMETER
                .matcher(tag)
                .replaceAll(
                        found -> Matcher.quoteReplacement(CallText.inTag(tag, call, Integer.parseInt(found.group(1)))));
    }
}
