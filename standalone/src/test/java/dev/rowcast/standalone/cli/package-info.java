@NullMarked
package dev.rowcast.standalone.cli;

import org.jspecify.annotations.NullMarked;
