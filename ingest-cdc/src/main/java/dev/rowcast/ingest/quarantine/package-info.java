/// Tables that are set aside, so that the others go on.
@NullMarked
package dev.rowcast.ingest.quarantine;

import org.jspecify.annotations.NullMarked;
