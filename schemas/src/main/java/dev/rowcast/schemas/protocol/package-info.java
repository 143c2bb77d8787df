/// The wire protocol `rowcast.v1.json`: what a client and a gateway may say to each other, as sealed records and one
/// codec.
///
/// Start at [dev.rowcast.schemas.protocol.ProtocolCodec]. [dev.rowcast.schemas.protocol.ClientMessage] and
/// [dev.rowcast.schemas.protocol.ServerMessage] are the two closed lists of messages,
/// [dev.rowcast.schemas.protocol.Envelope] is what surrounds a server's message, and
/// [dev.rowcast.schemas.protocol.ErrorCode] is every error that a user of the product can see. The same bytes travel
/// over every transport; [dev.rowcast.schemas.protocol.SseFrame] puts them into an event stream.
@NullMarked
package dev.rowcast.schemas.protocol;

import org.jspecify.annotations.NullMarked;
