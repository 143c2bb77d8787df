package dev.rowcast.gateway.policy;

import dev.rowcast.gateway.limit.Rule;
import dev.rowcast.gateway.policy.Fields.Report;
import dev.rowcast.gateway.policy.Policy.OnBackendFailure;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/// Reads one file into [Policies]. Only the tree of the file is read: no object is made from a tag, and what an alias
/// stands for is looked at as often as it is named, which the depth of the format bounds. One parser reads one file.
final class PolicyParser {

    /// Names that the gateway's own quotas have in headers.
    static final Set<String> TAKEN = Set.of("global", "read", "publish", "tickets");

    private static final int MOST_DEEP = 8;
    private static final Pattern SHARE = Pattern.compile("(\\d{1,9})/(\\d{0,5})(s|m|min|h|d)");
    private static final Duration LONGEST = Duration.ofDays(31);

    private final Report report;

    /// So many in a time: `100/15m`.
    private record Share(int count, Duration time) {}

    PolicyParser(String file) {
        this.report = new Report(file, new ArrayList<>());
    }

    /// @throws PoliciesException with everything that is wrong with the text
    Policies parse(String yaml) {
        Policies read = read(yaml)
                .flatMap(node -> Fields.of(node, "", 1, report))
                .map(this::policies)
                .orElse(Policies.NONE);
        if (read.all().size() > Policies.MOST) {
            report.add(
                    0,
                    "policies",
                    PolicyCode.BAD_VALUE,
                    "there are %d policies; at most %d are taken"
                            .formatted(read.all().size(), Policies.MOST),
                    "remove some");
        }
        if (!report.problems().isEmpty()) {
            throw new PoliciesException(report.problems());
        }
        return read;
    }

    private Optional<Node> read(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Policies.MOST_BYTES);
        options.setNestingDepthLimit(MOST_DEEP);
        try {
            @Nullable Node node = new Yaml(options).compose(new StringReader(yaml));
            return Optional.ofNullable(node);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            report.add(line, "", PolicyCode.SYNTAX, "not YAML: " + e.getProblem(), "mend the syntax here");
        } catch (YAMLException e) {
            report.add(1, "", PolicyCode.SYNTAX, "not YAML: " + e.getMessage(), "mend the syntax");
        }
        return Optional.empty();
    }

    private Policies policies(Fields top) {
        top.only("profile", "policies");
        Policies base = top.list("profile", Policies::profile).stream().reduce(Policies.NONE, Policies::and);
        Map<String, Policy> own = new LinkedHashMap<>();
        top.section("policies")
                .ifPresent(section -> section.sections()
                        .forEach((name, fields) -> policy(name, fields).ifPresent(policy -> own.put(name, policy))));
        return base.and(new Policies(List.copyOf(own.values())));
    }

    private Optional<Policy> policy(String name, Fields fields) {
        int before = report.problems().size();
        fields.only("slidingWindow", "tokenBucket", "by", "paths", "checkOnly", "onBackendFailure");
        Optional<Rule> rule = rule(fields);
        if (!fields.has("by")) {
            fields.required("by", CountedBy::parse);
        }
        List<CountedBy> by = fields.list("by", CountedBy::parse);
        List<Route> paths = fields.list("paths", Route::parse);
        boolean checkOnly = fields.optional("checkOnly", PolicyParser::flag).orElse(false);
        OnBackendFailure failure =
                fields.optional("onBackendFailure", PolicyParser::failure).orElse(OnBackendFailure.ALLOW);
        if (report.problems().size() > before) {
            return Optional.empty();
        }
        return rule.flatMap(
                found -> fields.attempt(() -> new Policy(unused(name), found, by, paths, checkOnly, failure)));
    }

    private static String unused(String name) {
        if (TAKEN.contains(name)) {
            throw new BadPolicyException(
                    PolicyCode.BAD_VALUE,
                    "\"%s\" is a quota that each gateway has by itself".formatted(name),
                    "choose another name");
        }
        return name;
    }

    private static Optional<Rule> rule(Fields fields) {
        if (fields.has("slidingWindow") == fields.has("tokenBucket")) {
            return fields.attempt(() -> {
                throw new BadPolicyException(
                        fields.has("tokenBucket") ? PolicyCode.CONFLICT : PolicyCode.MISSING_KEY,
                        fields.has("tokenBucket")
                                ? "has both slidingWindow and tokenBucket"
                                : "has neither slidingWindow nor tokenBucket",
                        "write slidingWindow: 100/15m, or tokenBucket: {rate: 10/s, burst: 50}");
            });
        }
        if (fields.has("slidingWindow")) {
            return fields.required("slidingWindow", PolicyParser::share)
                    .flatMap(share -> fields.attempt(() -> new Rule.InWindow(share.count(), share.time())));
        }
        return fields.section("tokenBucket").flatMap(bucket -> {
            bucket.only("rate", "burst");
            Optional<Share> rate = bucket.required("rate", PolicyParser::share);
            Optional<Integer> burst = bucket.required("burst", PolicyParser::number);
            return rate.flatMap(share ->
                    burst.flatMap(most -> bucket.attempt(() -> new Rule.AtRate(share.count(), share.time(), most))));
        });
    }

    private static Share share(String text) {
        Matcher matcher = SHARE.matcher(text);
        if (matcher.matches()) {
            long times = matcher.group(2).isEmpty() ? 1 : Long.parseLong(matcher.group(2));
            Duration time = unit(matcher.group(3)).multipliedBy(times);
            if (time.isPositive() && time.compareTo(LONGEST) <= 0) {
                return new Share(number(matcher.group(1)), time);
            }
        }
        throw new BadPolicyException(
                PolicyCode.BAD_VALUE,
                "\"%s\" is no number in a time".formatted(text),
                "write 5/min, 100/15m or 10/s; the time is from 1 s to 31 d");
    }

    private static Duration unit(String name) {
        return switch (name) {
            case "s" -> Duration.ofSeconds(1);
            case "m", "min" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            case "d" -> Duration.ofDays(1);
            default -> throw new IllegalStateException("the pattern knows no " + name);
        };
    }

    private static int number(String text) {
        if (!text.matches("[1-9]\\d{0,8}")) {
            throw new BadPolicyException(
                    PolicyCode.BAD_VALUE,
                    "\"%s\" is no number".formatted(text),
                    "write a whole number from 1 to 999999999");
        }
        return Integer.parseInt(text);
    }

    private static boolean flag(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new BadPolicyException(
                        PolicyCode.BAD_VALUE, "\"%s\" is not true or false".formatted(text), "write true or false");
        };
    }

    private static OnBackendFailure failure(String text) {
        return switch (text) {
            case "allow" -> OnBackendFailure.ALLOW;
            case "deny" -> OnBackendFailure.DENY;
            default ->
                throw new BadPolicyException(
                        PolicyCode.BAD_VALUE, "\"%s\" is not allow or deny".formatted(text), "write allow or deny");
        };
    }
}
