/// The recent past of a partition, for those who resume.
@NullMarked
package dev.rowcast.streams.journal;

import org.jspecify.annotations.NullMarked;
