/// The inbox: events that applications publish, between the gateways that take them and ingest that orders them.
@NullMarked
package dev.rowcast.schemas.inbox;

import org.jspecify.annotations.NullMarked;
