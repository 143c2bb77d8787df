package dev.rowcast.gateway.read;

import dev.rowcast.schemas.protocol.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/// The query of an address. What is not understood is refused, because whoever wrote it expects it to have an
/// effect.
final class Parameters {

    private static final int LONGEST = 2_048;

    private final Map<String, List<String>> query;

    /// @param known what the route takes
    /// @throws BadRequestException naming a parameter that is unknown, or there twice, or too long
    Parameters(Map<String, List<String>> query, List<String> known) {
        this.query = query;
        new TreeMap<>(query).forEach((name, values) -> check(name, values, known));
    }

    private void check(String name, List<String> values, List<String> known) {
        if (!known.contains(name)) {
            throw new BadRequestException(
                    ErrorCode.INVALID_MESSAGE,
                    "There is no parameter '%s' here; %s."
                            .formatted(
                                    Shown.of(name),
                                    known.isEmpty()
                                            ? "this address takes none"
                                            : "those that there are: " + String.join(", ", known)));
        }
        if (values.size() > 1) {
            throw new BadRequestException(
                    ErrorCode.INVALID_MESSAGE, "%s is there %d times; send it once.".formatted(name, values.size()));
        }
        text(name).filter(value -> value.length() > LONGEST).ifPresent(value -> {
            throw bad(name, value, "must have at most %d characters".formatted(LONGEST));
        });
    }

    /// Refuses any.
    static void none(Map<String, List<String>> query) {
        new Parameters(query, List.of());
    }

    /// Empty where it is not there; one without a value has an empty one.
    Optional<String> text(String name) {
        return Optional.ofNullable(query.get(name)).map(values -> Objects.requireNonNullElse(values.getFirst(), ""));
    }

    /// A whole number.
    int number(String name, int fallback, int most) {
        return text(name).map(text -> number(name, text, most)).orElse(fallback);
    }

    private static int number(String name, String text, int most) {
        if (text.matches("[0-9]{1,9}")) {
            int value = Integer.parseInt(text);
            if (value >= 1 && value <= most) {
                return value;
            }
        }
        throw bad(name, text, "must be a whole number from 1 to %d".formatted(most));
    }

    /// The parameter, its value and what helps.
    static BadRequestException bad(String name, String value, String fix) {
        return new BadRequestException(
                ErrorCode.INVALID_MESSAGE, "%s is '%s' and %s.".formatted(name, Shown.of(value), fix));
    }
}
