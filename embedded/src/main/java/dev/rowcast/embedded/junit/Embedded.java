package dev.rowcast.embedded.junit;

import dev.rowcast.embedded.EmbeddedParts;
import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.Registry;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/// Starts the parts that [NeedsParts] names and hands them to tests.
public final class Embedded implements BeforeAllCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(Embedded.class);
    private static final List<Class<?>> TYPES =
            List.of(EmbeddedParts.class, Postgres.class, Kafka.class, Redis.class, Registry.class);

    @Override
    public void beforeAll(ExtensionContext context) {
        parts(context);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return TYPES.contains(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        EmbeddedParts parts = parts(context);
        Class<?> type = parameter.getParameter().getType();
        if (type == Postgres.class) {
            return parts.postgres();
        } else if (type == Kafka.class) {
            return parts.kafka();
        } else if (type == Redis.class) {
            return parts.redis();
        } else if (type == Registry.class) {
            return parts.registry();
        }
        return parts;
    }

    private static EmbeddedParts parts(ExtensionContext context) {
        // The store of the session lives as long as the JVM's tests do, even where a runner plans them class by class,
        // and closes what is in it at the end.
        SharedParts shared = context.getStore(StoreScope.LAUNCHER_SESSION, NAMESPACE)
                .computeIfAbsent(SharedParts.class, key -> SharedParts.open(), SharedParts.class);
        return shared.with(needed(context.getRequiredTestClass()));
    }

    private static Set<Part> needed(Class<?> testClass) {
        var needed = EnumSet.noneOf(Part.class);
        for (Class<?> type = testClass; type != null; type = type.getEnclosingClass()) {
            AnnotationSupport.findAnnotation(type, NeedsParts.class)
                    .ifPresent(annotation -> needed.addAll(Arrays.asList(annotation.value())));
        }
        if (needed.contains(Part.REGISTRY)) {
            needed.add(Part.KAFKA);
        }
        return needed;
    }
}
