/// Where a reader stands in a tenant's log, and how a client keeps that as text.
@NullMarked
package dev.rowcast.schemas.position;

import org.jspecify.annotations.NullMarked;
