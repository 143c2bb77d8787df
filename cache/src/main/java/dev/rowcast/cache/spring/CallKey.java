package dev.rowcast.cache.spring;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.KeyGenerator;

/// The parameters of a call, in their order, so that a tag can name them.
///
/// @param method for messages only: methods that share a cache share its values
/// @param parameters some may be null
public record CallKey(String method, List<@Nullable Object> parameters) {

    /// To be given to `CachingConfigurer`, or named in `@Cacheable`; a bean alone is not found by Spring.
    public static KeyGenerator generator() {
        return new KeyGenerator() {
            @Override
            public Object generate(Object target, Method method, @Nullable Object... parameters) {
                String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
                return new CallKey(name, Arrays.asList(parameters.clone()));
            }
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof CallKey key && parameters.equals(key.parameters);
    }

    @Override
    public int hashCode() {
        return parameters.hashCode();
    }
}
