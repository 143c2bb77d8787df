package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// An address of an application's own under which the gateway answers a read of an entity:
/// `/vault/{id}/sources` for the list of channel `vault:{id}`.
///
/// @param path segments of text and `{variables}`, each variable a segment of its own
/// @param entity the code of what is read
/// @param id of the one row, with the path's variables in it; there exactly when `channel` is not
/// @param channel whose rows are listed, with the path's variables in it
/// @param ttl how long answers may be kept, 1 s to 1 h; what changes is evicted at once in any case
public record ReadRoute(
        String path, String entity, Optional<String> id, Optional<String> channel, Optional<Duration> ttl) {

    private static final int MOST_SEGMENTS = 8;
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_-]{1,63}|\\{[a-z][A-Za-z0-9_]{0,62}}");
    private static final Pattern VARIABLE = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern TTL = Pattern.compile("([0-9]{1,4})s");
    private static final int LONGEST_TTL = 3_600;

    /// What the gateway itself answers.
    private static final Set<String> TAKEN = Set.of("v1", "health", "actuator", "ws");

    /// @throws IllegalArgumentException when the path cannot be matched, is the gateway's own, or does not
    ///     say what is read
    public ReadRoute {
        List<String> segments =
                List.of(path.substring(Math.min(1, path.length())).split("/", -1));
        boolean matches =
                segments.stream().allMatch(each -> SEGMENT.matcher(each).matches());
        if (!path.startsWith("/") || segments.size() > MOST_SEGMENTS || !matches) {
            throw new BadValueException(
                    CatalogCode.BAD_VALUE,
                    Excerpt.quoted(path) + " is no path",
                    "write for instance \"/vault/{id}/sources\": at most 8 segments, each a name or one {variable}");
        }
        if (TAKEN.contains(segments.getFirst()) || segments.getFirst().startsWith("{")) {
            throw new BadValueException(
                    CatalogCode.CONFLICT,
                    Excerpt.quoted(path) + " could be an address of the gateway's own",
                    "let it begin with a name that is none of " + new TreeSet<>(TAKEN));
        }
        Names.ENTITY.check(entity);
        if (id.isPresent() == channel.isPresent()) {
            throw new BadValueException(
                    id.isPresent() ? CatalogCode.CONFLICT : CatalogCode.MISSING_KEY,
                    id.isPresent() ? "has both id and channel" : "has neither id nor channel",
                    "give it id for one row, or channel for the rows of one");
        }
        Set<String> used = variables(id.or(() -> channel).orElse(""));
        if (!used.equals(variables(path))) {
            throw new BadValueException(
                    CatalogCode.BAD_TEMPLATE,
                    "the path has the variables " + variables(path) + ", and what is read uses " + used,
                    "use each of them, and no other");
        }
    }

    /// The `ttl` of the file.
    ///
    /// @throws IllegalArgumentException when it is not like `60s`, from 1 s to 1 h
    static Duration ttl(String text) {
        Matcher matcher = TTL.matcher(text);
        int seconds = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        if (seconds < 1 || seconds > LONGEST_TTL) {
            throw new BadValueException(
                    CatalogCode.BAD_VALUE, Excerpt.quoted(text) + " is no time to live", "write seconds, 1s to 3600s");
        }
        return Duration.ofSeconds(seconds);
    }

    /// The values of the path's variables in an address.
    ///
    /// @param segments of the address, decoded; those that are empty are no values
    /// @return empty when the address is another
    public Optional<Map<String, String>> match(List<String> segments) {
        List<String> own = List.of(path.substring(1).split("/", -1));
        if (own.size() != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < own.size(); i++) {
            String wanted = own.get(i);
            if (segments.get(i).isEmpty()) {
                return Optional.empty();
            } else if (wanted.startsWith("{")) {
                values.put(wanted.substring(1, wanted.length() - 1), segments.get(i));
            } else if (!wanted.equals(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    /// A text of this route with values for its variables.
    public static String filled(String text, Map<String, String> values) {
        return VARIABLE.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(values.getOrDefault(found.group(1), "")));
    }

    private static Set<String> variables(String text) {
        return VARIABLE.matcher(text)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
