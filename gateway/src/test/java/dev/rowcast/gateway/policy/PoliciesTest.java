package dev.rowcast.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.gateway.limit.Rule;
import dev.rowcast.gateway.policy.CountedBy.Known;
import dev.rowcast.gateway.policy.CountedBy.Parameter;
import dev.rowcast.gateway.policy.Policy.OnBackendFailure;
import dev.rowcast.schemas.yaml.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoliciesTest {

    private static List<String> problems(String yaml) {
        try {
            Policies.parse("limits.yaml", yaml);
            return List.of();
        } catch (PoliciesException e) {
            return e.problems().stream().map(FileProblem::toString).toList();
        }
    }

    @Test
    void aFileSaysEverythingOfItsPolicies() {
        Policies policies = Policies.parse("limits.yaml", """
                policies:
                  run:
                    slidingWindow: 3/60s
                    by: [room, principal]
                    checkOnly: true
                    onBackendFailure: deny
                  reads:
                    tokenBucket: {rate: 600/min, burst: 50}
                    by: [address, endpoint]
                    paths: [GET /v1/entities/**, /v1/tickets]
                """);

        assertThat(policies.all())
                .containsExactly(
                        new Policy(
                                "run",
                                new Rule.InWindow(3, Duration.ofMinutes(1)),
                                List.of(new Parameter("room"), Known.PRINCIPAL),
                                List.of(),
                                true,
                                OnBackendFailure.DENY),
                        new Policy(
                                "reads",
                                new Rule.AtRate(600, Duration.ofMinutes(1), 50),
                                List.of(Known.ADDRESS, Known.ENDPOINT),
                                List.of(
                                        new Route(Optional.of("GET"), "/v1/entities/**"),
                                        new Route(Optional.empty(), "/v1/tickets")),
                                false,
                                OnBackendFailure.ALLOW));
    }

    @ParameterizedTest
    @DisplayName("SY-21 SI-19 PP-10: the profiles have the numbers that applications are used to")
    @CsvSource({
        "api, api, 100, 900, false, [ADDRESS]",
        "rooms, address, 1000, 60, false, [ADDRESS]",
        "rooms, messages, 100, 60, false, [PRINCIPAL]",
        "rooms, admin, 5, 60, true, [Parameter[label=room]]",
        "runs, run, 3, 60, true, '[Parameter[label=room], PRINCIPAL]'"
    })
    void theProfilesHaveTheirNumbers(
            String profile, String policy, int quota, int seconds, boolean checkOnly, String by) {
        Policy found = Policies.profile(profile).find(policy).orElseThrow();

        assertThat(found.rule()).isEqualTo(new Rule.InWindow(quota, Duration.ofSeconds(seconds)));
        assertThat(found.checkOnly()).isEqualTo(checkOnly);
        assertThat(found.by()).hasToString(by);
        assertThat(found.onBackendFailure()).isEqualTo(OnBackendFailure.ALLOW);
    }

    @Test
    void aFileMayStartFromProfilesAndHasTheLastWord() {
        Policies policies = Policies.parse("limits.yaml", """
                profile: [runs, rooms]
                policies:
                  run: {slidingWindow: 10/60s, by: principal, checkOnly: true}
                """);

        assertThat(policies.all()).extracting(Policy::name).containsExactly("run", "address", "messages", "admin");
        assertThat(policies.find("run").orElseThrow().rule().limit()).isEqualTo(10);
        assertThat(problems("profile: room"))
                .singleElement()
                .asString()
                .contains("limits.yaml:1: profile: there is no"
                        + " profile \"room\"; use one of api, rooms, runs [LIMITS_BAD_VALUE]");
    }

    @ParameterizedTest
    @DisplayName("A mistake stops the start, with line, key and what to write instead")
    @CsvSource(
            delimiter = '#',
            value = {
                "{slidingWindow: 3/60s, by: address, burst: 2}     # policies.p.burst: unknown key; known are slidingWindow, # UNKNOWN_KEY",
                "{slidingWindow: 3/60s}                            # policies.p: the key by is missing # MISSING_KEY",
                "{by: address}                                     # has neither slidingWindow nor tokenBucket # MISSING_KEY",
                "{slidingWindow: 3/60s, tokenBucket: {}, by: room} # has both slidingWindow and tokenBucket # CONFLICT",
                "{tokenBucket: {rate: 3/s}, by: address}           # policies.p.tokenBucket: the key burst is missing # MISSING_KEY",
                "{tokenBucket: 3/s, by: address}                   # policies.p.tokenBucket: expected a mapping # BAD_VALUE",
                "{tokenBucket: {rate: 200000/s, burst: 1}, by: address} # at most 100000 a second, is 200000 # BAD_VALUE",
                "{tokenBucket: {rate: 1/d, burst: 40}, by: address} # must come back within 31 days, takes 40 # BAD_VALUE",
                "{slidingWindow: 0/60s, by: address}               # policies.p.slidingWindow: 0 is out of range # BAD_VALUE",
                "{slidingWindow: 3/0s, by: address}                # \"3/0s\" is no number in a time # BAD_VALUE",
                "{slidingWindow: 3/60, by: address}                # \"3/60\" is no number in a time # BAD_VALUE",
                "{slidingWindow: 3/32d, by: address}               # the time is from 1 s to 31 d # BAD_VALUE",
                "{slidingWindow: [3], by: address}                 # policies.p.slidingWindow: expected a text # BAD_VALUE",
                "{slidingWindow: 3/60s, by: [Room 1], checkOnly: true} # \"Room 1\" is nothing to count by # BAD_VALUE",
                "{slidingWindow: 3/60s, by: []}                    # policies.p.by: the list is empty # BAD_VALUE",
                "{slidingWindow: 3/60s, by: [address, address]}    # by names nothing, or something twice # BAD_VALUE",
                "{slidingWindow: 3/60s, by: room}                  # counts by a parameter # CONFLICT",
                "{slidingWindow: 3/60s, by: endpoint}              # counts by endpoint and names none # CONFLICT",
                "{slidingWindow: 3/60s, by: room, checkOnly: true, paths: /v1/**} # is for no request # CONFLICT",
                "{slidingWindow: 3/60s, by: address, checkOnly: perhaps} # policies.p.checkOnly: expected true or false, found the text \"perhaps\" # BAD_VALUE",
                "{slidingWindow: 3/60s, by: address, onBackendFailure: deney} # \"deney\" is not allow or deny # BAD_VALUE",
                "{slidingWindow: 3/60s, by: address, paths: v1}    # policies.p.paths: \"v1\" is no path # BAD_VALUE",
                "{slidingWindow: 3/60s, by: address, paths: '/v1/{x}'} # \"/v1/{x}\" is no path # BAD_VALUE",
                "{slidingWindow: 3/60s, by: address, paths: 'HEAD /v1/x'} # \"HEAD /v1/x\" is no path # BAD_VALUE",
                "{slidingWindow: 3/60s, slidingWindow: 4/60s, by: address} # the key stands twice # DUPLICATE_KEY",
                "3                                                 # policies.p: expected a mapping # BAD_VALUE"
            })
    void aMistakeIsNamedWithItsFix(String policy, String message, String code) {
        assertThat(problems("# limits\npolicies:\n  p: " + policy + "\n"))
                .anySatisfy(problem -> assertThat(problem)
                        .startsWith("limits.yaml:3: ")
                        .contains(message)
                        .endsWith("[LIMITS_" + code + "]"));
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnceInTheOrderOfTheLines() {
        assertThat(problems("""
                policies:
                  Api: {slidingWindow: 1/s, by: address}
                  global: {slidingWindow: 1/s, by: address}
                  ok: {slidingWindow: 1/s, by: address}
                limits: {}
                """))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("limits.yaml:2: policies.Api: \"Api\" is no name"),
                        second -> assertThat(second)
                                .startsWith("limits.yaml:3: policies.global: \"global\" is a quota that each"),
                        third -> assertThat(third).startsWith("limits.yaml:5: limits: unknown key"));
    }

    @Test
    @DisplayName("A file that is no YAML, a list, empty, tagged or deep harms nobody")
    void whatIsNoSuchFileIsRefused(@TempDir Path folder) throws IOException {
        assertThat(problems("policies: {"))
                .singleElement()
                .asString()
                .contains("not YAML")
                .endsWith("[LIMITS_SYNTAX]");
        assertThat(problems("[1]")).singleElement().asString().contains("expected a mapping");
        assertThat(problems("policies: " + "[".repeat(1_000))).isNotEmpty();
        assertThat(problems("policies: {p: !!javax.script.ScriptEngineManager [x]}"))
                .isNotEmpty();
        assertThat(problems("policies: {a: &a {by: *a}}")).isNotEmpty();
        assertThat(Policies.parse("limits.yaml", "").all()).isEmpty();
        List<String> many = new ArrayList<>();
        IntStream.range(0, Policies.MOST + 1).forEach(i -> many.add("p" + i + ": {slidingWindow: 1/s, by: address}"));
        assertThat(problems("policies: {" + String.join(", ", many) + "}"))
                .singleElement()
                .asString()
                .contains("there are 65 policies; at most 64 are taken");
        assertThatThrownBy(() -> Policies.load(folder.resolve("none.yaml")))
                .hasMessageContaining("none.yaml: the file cannot be read")
                .hasMessageEndingWith("[LIMITS_UNREADABLE]");
        Path large = Files.writeString(folder.resolve("large.yaml"), "#".repeat(70_000));
        assertThatThrownBy(() -> Policies.load(large)).hasMessageContaining("larger than 65536 bytes");
        Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xC3, 0x28});
        assertThatThrownBy(() -> Policies.load(binary)).hasMessageContaining("not UTF-8");
    }
}
