/// The isolated customer, as a type: no method takes a tenant as plain text.
@NullMarked
package dev.rowcast.schemas.tenant;

import org.jspecify.annotations.NullMarked;
