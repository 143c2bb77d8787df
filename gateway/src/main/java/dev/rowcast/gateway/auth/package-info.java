/// Who is connected: keys and tokens become an identity of one tenant, or a refusal.
@NullMarked
package dev.rowcast.gateway.auth;

import org.jspecify.annotations.NullMarked;
