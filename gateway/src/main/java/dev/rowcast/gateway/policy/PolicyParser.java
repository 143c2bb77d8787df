package dev.rowcast.gateway.policy;

import dev.rowcast.gateway.limit.Rule;
import dev.rowcast.gateway.policy.Policy.OnBackendFailure;
import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import dev.rowcast.schemas.yaml.FileProblems;
import dev.rowcast.schemas.yaml.Section;
import dev.rowcast.schemas.yaml.YamlValue;
import dev.rowcast.schemas.yaml.YamlValue.Where;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads one file into [Policies]. One parser reads one file.
final class PolicyParser {

    /// Names that the gateway's own quotas have in headers.
    static final Set<String> TAKEN = Set.of("global", "read", "publish", "tickets");

    private static final Pattern SHARE = Pattern.compile("(\\d{1,9})/(\\d{0,5})(s|m|min|h|d)");
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final int LARGEST = 999_999_999;

    private final FileProblems problems;

    /// So many in a time: `100/15m`.
    private record Share(int count, Duration time) {}

    PolicyParser(String file) {
        this.problems = new FileProblems(file, PolicyCode::of, PoliciesException::new);
    }

    /// @throws PoliciesException with everything that is wrong with the text
    Policies parse(String yaml) {
        Policies read = YamlValue.read(yaml, Policies.MOST_BYTES, problems)
                .flatMap(file -> Section.of(file, problems))
                .map(this::policies)
                .orElse(Policies.NONE);
        if (read.all().size() > Policies.MOST) {
            problems.add(
                    Where.FILE,
                    PolicyCode.BAD_VALUE,
                    "there are %d policies; at most %d are taken"
                            .formatted(read.all().size(), Policies.MOST),
                    "remove some");
        }
        problems.throwIfAny();
        return read;
    }

    private Policies policies(Section top) {
        top.only("profile", "policies");
        Policies base = top.listOrOne("profile", Policies::profile).stream().reduce(Policies.NONE, Policies::and);
        Map<String, Policy> own = new LinkedHashMap<>();
        top.optionalSection("policies")
                .ifPresent(section -> section.values()
                        .forEach((name, value) -> Section.of(value, problems)
                                .flatMap(policy -> policy(name, policy))
                                .ifPresent(policy -> own.put(name, policy))));
        return base.and(new Policies(List.copyOf(own.values())));
    }

    private Optional<Policy> policy(String name, Section policy) {
        policy.only("slidingWindow", "tokenBucket", "by", "paths", "checkOnly", "onBackendFailure");
        Optional<Rule> rule = rule(policy);
        List<CountedBy> by = policy.requiredListOrOne("by", CountedBy::parse);
        List<Route> paths = policy.listOrOne("paths", Route::parse);
        boolean checkOnly = policy.flag("checkOnly");
        OnBackendFailure failure =
                policy.optional("onBackendFailure", PolicyParser::failure).orElse(OnBackendFailure.ALLOW);
        return policy.sound()
                ? rule.flatMap(found -> problems.attempt(
                        policy.where(), () -> new Policy(unused(name), found, by, paths, checkOnly, failure)))
                : Optional.empty();
    }

    private static String unused(String name) {
        if (TAKEN.contains(name)) {
            throw new BadValueException(
                    PolicyCode.BAD_VALUE,
                    "\"%s\" is a quota that each gateway has by itself".formatted(name),
                    "choose another name");
        }
        return name;
    }

    private Optional<Rule> rule(Section policy) {
        if (policy.has("slidingWindow") == policy.has("tokenBucket")) {
            problems.add(
                    policy.where(),
                    policy.has("tokenBucket") ? PolicyCode.CONFLICT : PolicyCode.MISSING_KEY,
                    policy.has("tokenBucket")
                            ? "has both slidingWindow and tokenBucket"
                            : "has neither slidingWindow nor tokenBucket",
                    "write slidingWindow: 100/15m, or tokenBucket: {rate: 10/s, burst: 50}");
            return Optional.empty();
        }
        if (policy.has("slidingWindow")) {
            return policy.required("slidingWindow", PolicyParser::share)
                    .flatMap(share -> counted(policy, () -> new Rule.InWindow(share.count(), share.time())));
        }
        return policy.optionalSection("tokenBucket").flatMap(bucket -> {
            bucket.only("rate", "burst");
            Optional<Share> rate = bucket.required("rate", PolicyParser::share);
            Optional<Long> burst = bucket.requiredNumber("burst");
            return rate.flatMap(share -> burst.flatMap(
                    most -> counted(bucket, () -> new Rule.AtRate(share.count(), share.time(), number(most)))));
        });
    }

    /// Rules know nothing of files: what they refuse are numbers.
    private Optional<Rule> counted(Section section, Supplier<Rule> make) {
        return problems.attempt(section.where(), () -> {
            try {
                return make.get();
            } catch (BadValueException e) {
                throw e;
            } catch (IllegalArgumentException e) {
                throw new BadValueException(PolicyCode.BAD_VALUE, String.valueOf(e.getMessage()), "correct the number");
            }
        });
    }

    private static Share share(String text) {
        Matcher matcher = SHARE.matcher(text);
        if (matcher.matches()) {
            long times = matcher.group(2).isEmpty() ? 1 : Long.parseLong(matcher.group(2));
            Duration time = unit(matcher.group(3)).multipliedBy(times);
            if (time.isPositive() && time.compareTo(LONGEST) <= 0) {
                return new Share(number(Long.parseLong(matcher.group(1))), time);
            }
        }
        throw new BadValueException(
                PolicyCode.BAD_VALUE,
                Excerpt.quoted(text) + " is no number in a time",
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

    private static int number(long value) {
        if (value < 1 || value > LARGEST) {
            throw new BadValueException(
                    PolicyCode.BAD_VALUE, value + " is out of range", "write a whole number from 1 to " + LARGEST);
        }
        return (int) value;
    }

    private static OnBackendFailure failure(String text) {
        return switch (text) {
            case "allow" -> OnBackendFailure.ALLOW;
            case "deny" -> OnBackendFailure.DENY;
            default ->
                throw new BadValueException(
                        PolicyCode.BAD_VALUE, Excerpt.quoted(text) + " is not allow or deny", "write allow or deny");
        };
    }
}
