@NullMarked
package dev.rowcast.embedded.registry;

import org.jspecify.annotations.NullMarked;
