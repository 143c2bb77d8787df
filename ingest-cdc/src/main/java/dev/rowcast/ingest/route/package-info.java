/// From a captured row to the changes that the catalog makes of it.
@NullMarked
package dev.rowcast.ingest.route;

import org.jspecify.annotations.NullMarked;
