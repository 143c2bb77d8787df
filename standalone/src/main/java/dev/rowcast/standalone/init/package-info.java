/// Guesses a first catalog from a database that lives: reads its tables, guesses, and writes the file and the SQL.
@NullMarked
package dev.rowcast.standalone.init;

import org.jspecify.annotations.NullMarked;
