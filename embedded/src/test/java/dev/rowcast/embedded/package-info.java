@NullMarked
package dev.rowcast.embedded;

import org.jspecify.annotations.NullMarked;
