/// Watches for ever that no cached answer is older than it may be.
@NullMarked
package dev.rowcast.gateway.canary;

import org.jspecify.annotations.NullMarked;
