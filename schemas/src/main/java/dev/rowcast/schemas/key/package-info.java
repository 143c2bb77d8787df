/// Primary keys as the text that clients know rows by.
@NullMarked
package dev.rowcast.schemas.key;

import org.jspecify.annotations.NullMarked;
