package dev.rowcast.gateway.policy;

import dev.rowcast.gateway.limit.Rule;
import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/// A limit with a name, which all gateways count together.
///
/// @param name that clients see: lower case letters, digits and -, at most 40
/// @param rule how it counts
/// @param by whom: each combination of these has a count of its own; at least one
/// @param paths of the requests that it is for; empty for all but health, streams and sockets
/// @param checkOnly for no request: clients ask for it by name
/// @param onBackendFailure what becomes of requests while nobody can tell what was used
public record Policy(
        String name,
        Rule rule,
        List<CountedBy> by,
        List<Route> paths,
        boolean checkOnly,
        OnBackendFailure onBackendFailure) {

    /// What becomes of requests while Redis does not answer.
    public enum OnBackendFailure {
        /// Each node counts by itself.
        ALLOW,
        /// They are refused.
        DENY
    }

    static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    public Policy {
        by = List.copyOf(by);
        paths = List.copyOf(paths);
        boolean parameters = by.stream().anyMatch(CountedBy.Parameter.class::isInstance);
        boolean endpoint = by.contains(CountedBy.Known.ENDPOINT);
        if (!NAME.matcher(name).matches()) {
            throw new BadValueException(
                    PolicyCode.BAD_VALUE,
                    Excerpt.quoted(name) + " is no name",
                    "use lower case letters, digits and -, at most 40");
        }
        if (by.isEmpty() || new HashSet<>(by).size() < by.size()) {
            throw new BadValueException(
                    PolicyCode.BAD_VALUE, "by names nothing, or something twice", "name each once, such as [address]");
        }
        if (parameters && !checkOnly) {
            throw new BadValueException(
                    PolicyCode.CONFLICT,
                    "counts by a parameter, which requests do not have",
                    "add checkOnly: true, or remove the parameter from by");
        }
        if (checkOnly && (endpoint || !paths.isEmpty())) {
            throw new BadValueException(
                    PolicyCode.CONFLICT,
                    "is for no request, and names paths or counts by endpoint",
                    "remove checkOnly, or paths and endpoint");
        }
        if (endpoint && paths.isEmpty()) {
            throw new BadValueException(
                    PolicyCode.CONFLICT,
                    "counts by endpoint and names none",
                    "name each in paths, such as [/v1/entities/*, /v1/tickets]");
        }
    }

    /// Whether the credential has to be known before it can be asked.
    public boolean needsIdentity() {
        return checkOnly || by.stream().anyMatch(CountedBy::needsIdentity);
    }

    /// Whether clients can ask for it by name.
    public boolean canBeChecked() {
        return !by.contains(CountedBy.Known.ENDPOINT);
    }
}
