/// Who is a member of which channel as of a place in the log, and whose credential ended.
@NullMarked
package dev.rowcast.streams.grants;

import org.jspecify.annotations.NullMarked;
