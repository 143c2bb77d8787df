/// Rows of the catalog's entities over HTTP, read from the database.
@NullMarked
package dev.rowcast.gateway.read;

import org.jspecify.annotations.NullMarked;
