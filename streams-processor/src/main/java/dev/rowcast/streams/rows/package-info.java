/// Rows that others need to be told of: the columns of parents that templates read, and the links of their children.
@NullMarked
package dev.rowcast.streams.rows;

import org.jspecify.annotations.NullMarked;
