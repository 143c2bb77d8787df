package dev.rowcast.schemas.protocol;

import java.util.Optional;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;

/// Strict JSON: one value and nothing after it, bounded in depth. Trees only, no data binding.
final class JsonParsing {
    /// Longer than any number of a client's message.
    private static final int MAX_NUMBER_CHARS = 100;

    /// Postgres' `numeric` has at most 131,072 digits before the point and 16,383 after it.
    private static final int MAX_ROW_NUMBER_CHARS = 150_000;

    /// A column of type `json` may hold a member twice, so rows are not held to it.
    private static final JsonFactory ROWS = JsonFactory.builder()
            .streamReadConstraints(constraints(ProtocolLimits.MAX_ROW_DEPTH, MAX_ROW_NUMBER_CHARS))
            .build();

    private final JsonMapper mapper;

    /// For what the first one cannot read, because a number's exponent is beyond any range: an infinite number there.
    private final Optional<JsonMapper> lenient;

    private JsonParsing(JsonMapper.Builder mapper, Optional<JsonMapper.Builder> lenient) {
        this.mapper = strict(mapper);
        this.lenient = lenient.map(JsonParsing::strict);
    }

    private static JsonMapper strict(JsonMapper.Builder builder) {
        JsonMapper mapper =
                builder.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
        // The first one makes what reads trees, under a lock; those who read later may be event loops.
        mapper.readTree("{}");
        return mapper;
    }

    /// For messages of clients: a member that comes twice means different things to different readers, so it is
    /// refused.
    static JsonParsing ofClients(int depth) {
        JsonFactory factory = JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(constraints(depth, MAX_NUMBER_CHARS))
                .build();
        // Most such numbers stand in members that nobody reads.
        return new JsonParsing(keepingDigits(factory), Optional.of(JsonMapper.builder(factory)));
    }

    /// For messages of gateways: rows, which keep their digits, inside the levels of the message.
    static JsonParsing ofServers() {
        int levelsAroundRow = 4;
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(
                        constraints(ProtocolLimits.MAX_ROW_DEPTH + levelsAroundRow, MAX_ROW_NUMBER_CHARS))
                .build();
        return new JsonParsing(keepingDigits(factory), Optional.empty());
    }

    private static JsonMapper.Builder keepingDigits(JsonFactory factory) {
        return JsonMapper.builder(factory)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
    }

    /// @throws tools.jackson.core.JacksonException when `json` is not one JSON value within the bounds
    /// @throws NumberFormatException when a number's exponent is beyond any range, in messages of gateways
    JsonNode tree(String json) {
        try {
            return mapper.readTree(json);
        } catch (NumberFormatException e) {
            return lenient.orElseThrow(() -> e).readTree(json);
        }
    }

    /// Reads one column's value to its end without building anything.
    ///
    /// @throws tools.jackson.core.JacksonException when `json` is not one JSON value within the bounds
    static void checkRowValue(String json) {
        try (JsonParser parser = ROWS.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() == null) {
                throw new StreamReadException(parser, "There is no value");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw new StreamReadException(parser, "There is more than one value");
            }
        }
    }

    private static StreamReadConstraints constraints(int depth, int numberChars) {
        return StreamReadConstraints.builder()
                .maxNestingDepth(depth)
                .maxNumberLength(numberChars)
                .maxStringLength(Integer.MAX_VALUE) // the frame's own limit, or the row's, comes first
                .build();
    }
}
