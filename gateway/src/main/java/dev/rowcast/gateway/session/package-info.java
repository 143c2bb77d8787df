/// One client's conversation: what it asks, what it is answered, when it must leave.
@NullMarked
package dev.rowcast.gateway.session;

import org.jspecify.annotations.NullMarked;
