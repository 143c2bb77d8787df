/// The `rowcast` command.
@NullMarked
package dev.rowcast.standalone;

import org.jspecify.annotations.NullMarked;
