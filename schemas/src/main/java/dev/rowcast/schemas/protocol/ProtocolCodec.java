package dev.rowcast.schemas.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.JsonNode;

/// The one codec of `rowcast.v1.json`. Decoding never throws for bad input and never returns null: what cannot
/// be read is a [Decoded.Failed] with the [ErrorCode] to answer with. Encoding is minified, members in a fixed
/// order.
///
/// Thread-safe and without state; one instance serves a process.
public final class ProtocolCodec {
    /// The protocol's name: the WebSocket subprotocol, and `protocol` in `WELCOME`.
    public static final String NAME = "rowcast.v1.json";

    private final int frameBytes;
    private final JsonParsing clientJson;
    private final JsonParsing serverJson = JsonParsing.ofServers();
    private final ClientReader clientReader;

    /// @param limits for messages of clients
    public ProtocolCodec(ProtocolLimits limits) {
        this.frameBytes = limits.frameBytes();
        this.clientJson = JsonParsing.ofClients(limits.jsonDepth());
        this.clientReader = new ClientReader(limits);
    }

    /// Reads a client's message.
    public Decoded<ClientMessage> decode(byte[] utf8) {
        return decode(utf8, frameBytes, clientJson, clientReader::read);
    }

    /// Reads a client's message.
    public Decoded<ClientMessage> decode(CharSequence text) {
        // Each char is at least a byte, so this refuses an oversized text before it is copied.
        return text.length() > frameBytes ? tooLong(text.length(), frameBytes) : decode(utf8(text));
    }

    /// Reads a server's message, of at most [ProtocolLimits#MAX_SERVER_FRAME_BYTES].
    public Decoded<Envelope> decodeServer(byte[] utf8) {
        return decode(utf8, ProtocolLimits.MAX_SERVER_FRAME_BYTES, serverJson, ServerReader::read);
    }

    /// Reads a server's message, of at most [ProtocolLimits#MAX_SERVER_FRAME_BYTES].
    public Decoded<Envelope> decodeServer(CharSequence text) {
        int limit = ProtocolLimits.MAX_SERVER_FRAME_BYTES;
        return text.length() > limit ? tooLong(text.length(), limit) : decodeServer(utf8(text));
    }

    public String encode(ClientMessage message) {
        return ClientWriter.write(message);
    }

    public String encode(Envelope envelope) {
        return ServerWriter.write(envelope);
    }

    /// A server's message without correlation id, transaction or cursor.
    public String encode(ServerMessage message) {
        return ServerWriter.write(Envelope.of(message));
    }

    private static <M> Decoded<M> decode(
            byte[] utf8, int limit, JsonParsing json, BiFunction<Members, Optional<String>, M> reader) {
        if (utf8.length > limit) {
            return tooLong(utf8.length, limit);
        }
        Optional<String> id = Optional.empty();
        try {
            Members message = Members.of(parse(utf8, json), "");
            id = message.text("id", TextRule.CORRELATION);
            return new Decoded.Ok<>(reader.apply(message, id));
        } catch (Refused e) {
            return new Decoded.Failed<>(e.code(), e.reason(), id);
        }
    }

    /// The errors say where, never what: a broken message may hold a token.
    private static JsonNode parse(byte[] utf8, JsonParsing json) {
        try {
            // The decoder of a charset refuses what String would replace silently.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
            JsonNode tree = json.tree(text);
            if (tree.isMissingNode()) {
                throw new Refused(ErrorCode.NOT_JSON, "The message is empty; send one JSON object.");
            }
            return tree;
        } catch (CharacterCodingException e) {
            throw new Refused(ErrorCode.NOT_JSON, "The message is not valid UTF-8; send one JSON object in UTF-8.");
        } catch (StreamConstraintsException | NumberFormatException e) {
            throw new Refused(
                    ErrorCode.INVALID_MESSAGE,
                    "The message is nested too deep or holds a number of too many digits; send less.");
        } catch (JacksonException e) {
            throw new Refused(
                    ErrorCode.NOT_JSON,
                    "The message is not one JSON value, see line "
                            + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr() + "; send one JSON object.");
        }
    }

    private static byte[] utf8(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static <M> Decoded<M> tooLong(int length, int limit) {
        return new Decoded.Failed<>(
                ErrorCode.TOO_LONG,
                "The message has " + length + " bytes or more; send at most " + limit + ".",
                Optional.empty());
    }
}
