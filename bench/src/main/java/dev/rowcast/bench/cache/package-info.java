/// The cache beside what else one could do: what a hit costs, how many reads of the database are saved and how stale
/// answers are under a load, what Redis' faults cost its callers, and what a limit costs.
@NullMarked
package dev.rowcast.bench.cache;

import org.jspecify.annotations.NullMarked;
