/// Postgres to topics: every committed change of a captured table, once, in commit order. Start reading at
/// [Ingest].
@NullMarked
package dev.rowcast.ingest;

import org.jspecify.annotations.NullMarked;
