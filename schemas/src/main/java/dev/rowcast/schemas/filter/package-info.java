/// Filters, which narrow a channel to the rows that pass: read from their text, brought into one form, held against
/// rows. [dev.rowcast.schemas.filter.Filter] is where to begin.
@NullMarked
package dev.rowcast.schemas.filter;

import org.jspecify.annotations.NullMarked;
