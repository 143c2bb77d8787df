@NullMarked
package dev.rowcast.standalone.doctor;

import org.jspecify.annotations.NullMarked;
