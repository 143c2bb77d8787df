package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.policy.CountedBy;
import dev.rowcast.gateway.policy.Policy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a client names when it checks a policy: all that the policy counts by and the credential does not say, and
/// nothing else.
final class CheckBody {

    private static final int LONGEST = 256;

    private CheckBody() {}

    /// @param text a JSON object of texts; blank where the policy needs nothing named
    /// @throws BadParameterException naming the member that is missing or wrong
    static Map<String, String> parse(String text, Policy policy) throws BadParameterException {
        JsonNode body = object(text);
        List<String> wanted = policy.by().stream()
                .filter(by -> by instanceof CountedBy.Parameter || by == CountedBy.Known.CHANNEL)
                .map(CountedBy::label)
                .toList();
        for (String name : body.propertyNames()) {
            if (!wanted.contains(name)) {
                throw new BadParameterException("'%s' does not count by a member that the body has; it takes %s."
                        .formatted(policy.name(), wanted.isEmpty() ? "none" : String.join(", ", wanted)));
            }
        }
        Map<String, String> named = new HashMap<>();
        for (String name : wanted) {
            JsonNode value = body.path(name);
            if (!value.isString()
                    || value.asString().isEmpty()
                    || value.asString().length() > LONGEST) {
                throw new BadParameterException(
                        "The body must name '%s', a text of 1 to %d characters.".formatted(name, LONGEST));
            }
            named.put(name, value.asString());
        }
        return named;
    }

    private static JsonNode object(String text) throws BadParameterException {
        try {
            JsonNode body = JsonMapper.shared().readTree(text.isBlank() ? "{}" : text);
            if (body.isObject()) {
                return body;
            }
        } catch (JacksonException e) {
            throw new BadParameterException("The body is not JSON.");
        }
        throw new BadParameterException("The body must be a JSON object, such as {\"room\": \"42\"}.");
    }
}
