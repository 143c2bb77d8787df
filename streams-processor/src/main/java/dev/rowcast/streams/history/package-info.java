/// Values as they were at a place in the log, for what decides an audience: reading input again gives the same answers.
@NullMarked
package dev.rowcast.streams.history;

import org.jspecify.annotations.NullMarked;
