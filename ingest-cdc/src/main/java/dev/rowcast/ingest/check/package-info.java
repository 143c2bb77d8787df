/// Looks at a database before ingest stands on it: one finding for each thing, right or wrong.
@NullMarked
package dev.rowcast.ingest.check;

import org.jspecify.annotations.NullMarked;
