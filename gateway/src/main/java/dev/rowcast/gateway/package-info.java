/// Topics to browsers. Start at [dev.rowcast.gateway.Gateway].
@NullMarked
package dev.rowcast.gateway;

import org.jspecify.annotations.NullMarked;
