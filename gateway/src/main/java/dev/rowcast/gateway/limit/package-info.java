/// How much a client may ask for.
@NullMarked
package dev.rowcast.gateway.limit;

import org.jspecify.annotations.NullMarked;
