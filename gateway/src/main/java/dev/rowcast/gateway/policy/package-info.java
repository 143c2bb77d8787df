/// Limits that all gateways count together: which there are, and what is used of them.
@NullMarked
package dev.rowcast.gateway.policy;

import org.jspecify.annotations.NullMarked;
