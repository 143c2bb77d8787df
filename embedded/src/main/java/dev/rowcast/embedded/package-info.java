/// The real parts, as one process starts them: Postgres 18, a KRaft broker, Redis and a schema registry.
///
/// ```java
/// try (var parts = EmbeddedParts.start(EmbeddedConfig.in(Path.of(".rowcast")), StartListener.SILENT)) {
///     parts.postgres().jdbcUrl();
///     parts.kafka().bootstrapServers();
/// }
/// ```
///
/// What a caller can rely on:
///
/// - **Real and persistent.** Everything lives in one folder; the same folder started again has the same rows, records,
///   keys and schema ids.
/// - **Nothing blocks the next start.** After a killed JVM, Postgres and Redis may still run. The next start on the
/// folder
///   recognises them (the process named by the pid file must be that program on that folder), stops them cleanly, and
///   leaves every other process alone. Two living JVMs cannot share a folder: the second gets `FOLDER_IN_USE`.
/// - **Local only.** Every part listens on 127.0.0.1.
/// - **Errors have a code.** [EmbeddedException] names the part, the value and what to do.
///
/// The caller closes: no shutdown hook is installed, because only the caller knows what must stop before the
/// database. Parts start in sessions of their own, so Ctrl-C in a terminal does not reach them ahead of the
/// caller.
///
/// Tests take the parts from [dev.rowcast.embedded.junit.NeedsParts].
@NullMarked
package dev.rowcast.embedded;

import org.jspecify.annotations.NullMarked;
