/// What is measured, as tables for people.
@NullMarked
package dev.rowcast.bench.table;

import org.jspecify.annotations.NullMarked;
