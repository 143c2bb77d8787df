/// The parts for tests: `@NeedsParts({Part.POSTGRES, Part.KAFKA})` on a test class.
@NullMarked
package dev.rowcast.embedded.junit;

import org.jspecify.annotations.NullMarked;
