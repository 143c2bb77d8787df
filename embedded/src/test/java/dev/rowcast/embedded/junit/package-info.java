@NullMarked
package dev.rowcast.embedded.junit;

import org.jspecify.annotations.NullMarked;
