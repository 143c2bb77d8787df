/// What a change means by the catalog: which channels its row left, entered and stayed in.
@NullMarked
package dev.rowcast.streams.route;

import org.jspecify.annotations.NullMarked;
