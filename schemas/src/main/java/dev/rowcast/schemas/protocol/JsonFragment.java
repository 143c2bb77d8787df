package dev.rowcast.schemas.protocol;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// One JSON value as text on one line. Checked once, where it is made, so that frames can embed it as it is.
public final class JsonFragment {
    /// The JSON value `null`.
    public static final JsonFragment NULL = new JsonFragment("null");

    /// `{}`.
    public static final JsonFragment EMPTY_OBJECT = new JsonFragment("{}");

    private static final JsonParsing OBJECTS = JsonParsing.ofClients(ProtocolLimits.DEFAULTS.jsonDepth());

    private final String json;

    private JsonFragment(String json) {
        this.json = json;
    }

    /// Checks that `json` is one JSON value and keeps its text, digit for digit; line breaks between tokens become
    /// spaces, because a frame is one line.
    ///
    /// @throws IllegalArgumentException when it is not one JSON value, or is nested deeper than
    ///     [ProtocolLimits#MAX_ROW_DEPTH]
    public static JsonFragment parse(String json) {
        try {
            JsonParsing.checkRowValue(json);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("Not a JSON value: " + Shown.shortened(json), e);
        }
        return new JsonFragment(JsonText.onOneLine(json));
    }

    /// As [#parse(String)], for an object that a client made: each member once, and no deeper than
    /// [ProtocolLimits#DEFAULTS] admits.
    ///
    /// @throws IllegalArgumentException when it is not one such object
    public static JsonFragment object(String json) {
        try {
            if (!OBJECTS.tree(json).isObject()) {
                throw new IllegalArgumentException("Not a JSON object: " + Shown.shortened(json));
            }
        } catch (JacksonException | NumberFormatException e) {
            throw new IllegalArgumentException("Not a JSON object: " + Shown.shortened(json), e);
        }
        return new JsonFragment(JsonText.onOneLine(json));
    }

    /// Takes text that [#parse(String)] has checked before, in this process or in the one that wrote the record.
    /// Anything else breaks the frames it is embedded in.
    public static JsonFragment trusted(String json) {
        return new JsonFragment(json);
    }

    /// A JSON text.
    public static JsonFragment text(String value) {
        StringBuilder out = new StringBuilder(value.length() + 2);
        JsonText.append(out, value);
        return new JsonFragment(out.toString());
    }

    /// The JSON text.
    public String json() {
        return json;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonFragment that && json.equals(that.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    @Override
    public String toString() {
        return json;
    }
}
