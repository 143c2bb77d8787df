/// What this machine says of itself: folders, processes, their processor time and memory (Linux).
@NullMarked
package dev.rowcast.bench.machine;

import org.jspecify.annotations.NullMarked;
