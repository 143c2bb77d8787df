/// Fingerprints of texts, the same in every process.
@NullMarked
package dev.rowcast.schemas.hash;

import org.jspecify.annotations.NullMarked;
