package dev.rowcast.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("T17: what clients name never becomes a name in Redis, and never somebody else's count")
class HitTest {

    private static final Policy RUN = policy("{slidingWindow: 3/60s, by: [room, principal], checkOnly: true}");
    private static final Policy ROOM = policy("{slidingWindow: 3/60s, by: [room], checkOnly: true}");

    static Policy policy(String yaml) {
        return Policies.parse("test", "policies: {p: " + yaml + "}").all().getFirst();
    }

    static Identity user(String tenant, String id) {
        return new Identity(new TenantId(tenant), new Principal(Principal.Kind.USER, id), Optional.empty());
    }

    static Asker asker(Identity identity, String room) {
        return new Asker("192.0.2.1", Optional.of(identity), List.of(), Map.of("room", room));
    }

    private static String subject(Policy policy, Asker asker) {
        return Hit.of(policy, asker, Optional.empty()).getFirst().subject();
    }

    @Test
    void hostileIdsAreOneShortTextEach() {
        List<String> ids = List.of(
                "a:*", "{x}", "}{", "\r\nFLUSHALL\r\n", "\0", "*", "é", "e\u0301", "x".repeat(1 << 20), "\ud800", "?");
        Set<String> subjects = new HashSet<>();
        for (String room : ids) {
            for (String id : ids) {
                String subject = subject(RUN, asker(user("demo", id), room));
                assertThat(subject).matches("[A-Za-z0-9_-]{22}");
                subjects.add(subject);
            }
        }
        // A lone half of a surrogate pair is "?" in UTF-8.
        int distinct = ids.size() - 1;
        assertThat(subjects).hasSize(distinct * distinct);
    }

    @Test
    void aParameterWithoutAValueNamesNoChannel() {
        Policy channels = policy("{slidingWindow: 3/60s, by: [channel]}");
        Asker asker = new Asker("192.0.2.1", Optional.empty(), Collections.singletonList(null), Map.of());
        assertThat(Hit.of(channels, asker, Optional.empty())).isEmpty();
    }

    @Test
    void whereOneIdEndsAndTheNextBeginsIsToldApart() {
        assertThat(subject(RUN, asker(user("demo", "b"), "a1:principal")))
                .isNotEqualTo(subject(RUN, asker(user("demo", "1:principalb"), "a")));
        assertThat(subject(RUN, asker(user("demo", "12"), "3")))
                .isNotEqualTo(subject(RUN, asker(user("demo", "2"), "31")));
    }

    @Test
    @DisplayName("T1: two tenants with the same ids never share a count")
    void tenantsNeverShareACount() {
        for (Policy policy : List.of(RUN, ROOM)) {
            assertThat(subject(policy, asker(user("demo", "alice"), "42")))
                    .isNotEqualTo(subject(policy, asker(user("other", "alice"), "42")))
                    .isEqualTo(subject(policy, asker(user("demo", "alice"), "42")));
        }
    }

    @Test
    void aUserIsTheSameEverywhereAndAKeyIsItsAddressToo() {
        Policy policy = policy("{slidingWindow: 3/60s, by: principal}");
        Identity key = new Identity(new TenantId("demo"), new Principal(Principal.Kind.KEY, "alice"), Optional.empty());
        Set<String> subjects = new HashSet<>();
        for (String network : List.of("192.0.2.1", "192.0.2.2")) {
            subjects.add(subject(policy, at(network, user("demo", "alice"))));
            subjects.add(subject(policy, at(network, key)));
        }
        assertThat(subjects).hasSize(3);
    }

    private static Asker at(String network, Identity identity) {
        return new Asker(network, Optional.of(identity), List.of(), Map.of());
    }

    @Test
    void eachChannelOfTheAddressIsACountAndTheRestOfManyIsNotCounted() {
        Policy policy = policy("{slidingWindow: 3/60s, by: channel}");
        List<String> twice = List.of("vault:1", "vault:2", "vault:1");
        Identity alice = user("demo", "alice");

        assertThat(Hit.of(policy, new Asker("a", Optional.of(alice), twice, Map.of()), Optional.empty()))
                .hasSize(2)
                .doesNotHaveDuplicates();
        assertThat(Hit.of(policy, new Asker("a", Optional.of(alice), List.of(), Map.of()), Optional.empty()))
                .isEmpty();
        List<String> many = java.util.stream.IntStream.range(0, 1_000)
                .mapToObj(i -> "vault:" + i)
                .toList();
        assertThat(Hit.of(policy, new Asker("a", Optional.of(alice), many, Map.of()), Optional.empty()))
                .hasSize(16);
    }

    @Test
    void whoseCredentialIsNotKnownMeetsOnlyWhatCountsByAddress() {
        assertThat(Hit.of(RUN, Asker.at("192.0.2.1"), Optional.empty())).isEmpty();
        assertThat(Hit.of(policy("{slidingWindow: 3/60s, by: address}"), Asker.at("192.0.2.1"), Optional.empty()))
                .hasSize(1);
    }
}
