/// Where the parts of a split tenant are, said once for all who write or read by partition.
@NullMarked
package dev.rowcast.schemas.shard;

import org.jspecify.annotations.NullMarked;
