/// Events that applications publish over HTTP: into `rowcast.inbox`, and what became of them.
@NullMarked
package dev.rowcast.gateway.publish;

import org.jspecify.annotations.NullMarked;
