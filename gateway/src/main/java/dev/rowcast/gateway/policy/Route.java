package dev.rowcast.gateway.policy;

import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Requests that a policy is for: a path whose segments may be `*`, with `**` for all that follows, and a method before
/// it where not all are meant: `POST /v1/tenants/*/events`.
///
/// @param method in upper case, and `GET` for `HEAD` too; empty for all
/// @param path begins with `/`
public record Route(Optional<String> method, String path) {

    private static final Pattern FORM =
            Pattern.compile("(?:(GET|POST|PUT|PATCH|DELETE) +)?((?:/(?:\\*|[A-Za-z0-9._~-]+))*(?:/\\*\\*|/)?)");

    /// @throws BadValueException when it is none
    static Route parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || matcher.group(2).isEmpty()) {
            throw new BadValueException(
                    PolicyCode.BAD_VALUE,
                    Excerpt.quoted(text) + " is no path",
                    "write a path such as /v1/entities/** or POST /v1/tenants/*/events");
        }
        return new Route(Optional.ofNullable(matcher.group(1)), matcher.group(2));
    }

    /// As the file has it.
    public String label() {
        return method.map(name -> name + " " + path).orElse(path);
    }
}
