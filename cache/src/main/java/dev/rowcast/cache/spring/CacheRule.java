package dev.rowcast.cache.spring;

import dev.rowcast.cache.Freshness;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
    /// @throws IllegalArgumentException when the tag names a parameter that the method has not
    String tag(List<@Nullable Object> parameters) {
        return PARAMETER.matcher(tag).replaceAll(found -> {
            int index = Integer.parseInt(found.group(1));
            if (index >= parameters.size()) {
                throw new IllegalArgumentException(
                        "tag '%s' needs parameter %d, and the call has %d".formatted(tag, index, parameters.size()));
            }
            return Matcher.quoteReplacement(String.valueOf(parameters.get(index)));
        });
    }
}
