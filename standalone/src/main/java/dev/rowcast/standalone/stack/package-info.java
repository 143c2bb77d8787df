/// Everything in one process: the parts, the three services on them, and where they all are.
@NullMarked
package dev.rowcast.standalone.stack;

import org.jspecify.annotations.NullMarked;
