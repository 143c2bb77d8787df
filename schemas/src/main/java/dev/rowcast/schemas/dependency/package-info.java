/// The servers that a process depends on: whether they answer, and what keeps one that fails from taking the time of
/// everybody who asks it.
@NullMarked
package dev.rowcast.schemas.dependency;

import org.jspecify.annotations.NullMarked;
