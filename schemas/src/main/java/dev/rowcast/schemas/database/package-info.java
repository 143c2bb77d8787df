/// How a process is told where its database is.
@NullMarked
package dev.rowcast.schemas.database;

import org.jspecify.annotations.NullMarked;
