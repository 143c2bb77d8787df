package dev.rowcast.cache.spring;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.KeyGenerator;

/// The parameters of a call, in their order, so that a tag can name them.
///
/// @param parameters some may be null
public record CallKey(List<@Nullable Object> parameters) {

    /// To be named in `@Cacheable`, or given to `CachingConfigurer`.
    public static KeyGenerator generator() {
        return new KeyGenerator() {
            @Override
            public Object generate(Object target, Method method, @Nullable Object... parameters) {
                return new CallKey(Arrays.asList(parameters.clone()));
            }
        };
    }

    /// Of any key: one that was made otherwise is the only parameter.
    static CallKey of(Object key) {
        return key instanceof CallKey call ? call : new CallKey(List.of(key));
    }
}
