/// Looks at everything that Rowcast stands on and says what is right, what is wrong and what mends it. Changes nothing.
@NullMarked
package dev.rowcast.standalone.doctor;

import org.jspecify.annotations.NullMarked;
