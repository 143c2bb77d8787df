package dev.rowcast.embedded.junit;

import dev.rowcast.embedded.Part;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// Gives tests the real parts. They start once a JVM, each when a class first asks for it, on free ports in a
/// temporary folder, and are shared by all classes: take a [dev.rowcast.embedded.Postgres#freshDatabase], and
/// topics and keys with names of your own.
///
/// Constructor, method and `@BeforeAll` parameters may be `EmbeddedParts`, `Postgres`, `Kafka`, `Redis` or
/// `Registry`. A test that stops a part starts it again.
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(Embedded.class)
public @interface NeedsParts {
    Part[] value();
}
