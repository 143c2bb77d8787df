package dev.rowcast.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.rowcast.cache.spring.CacheKeyException.Code;
import dev.rowcast.schemas.tenant.TenantId;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CallTextTest {

    private static final UUID ID = UUID.fromString("00000000-0000-0000-0000-000000000001");

    private record Open(String by) {}

    private record Closed(String by) {}

    private record Page(int number, Optional<Open> filter) {}

    /// Says nothing of what it is.
    private static final class Filter {}

    private enum Order {
        UP,
        DOWN;

        @Override
        public String toString() {
            return "order";
        }
    }

    @Test
    void callsThatDifferAreWrittenDifferently() {
        List<CallKey> calls = List.of(
                call(),
                call((Object) null),
                call(null, null),
                call("a"),
                call("a", "b"),
                call("a,String:1:b"),
                call(""),
                call("null"),
                call("1"),
                call('1'),
                call(1),
                call(1L),
                call(1.0),
                call(new BigDecimal("1.0")),
                call(new BigDecimal("1.00")),
                call(true),
                call(Order.UP),
                call(Order.DOWN),
                call("UP"),
                call(ID),
                call(ID.toString()),
                call(new TenantId("a")),
                call(new Open("a")),
                call(new Closed("a")),
                call(new Open("b")),
                call(new Page(1, Optional.empty())),
                call(new Page(1, Optional.of(new Open("a")))),
                call(LocalDate.parse("2026-01-02")),
                call("2026-01-02"),
                call(Instant.parse("2026-01-02T00:00:00Z")),
                call(Duration.ofSeconds(1)),
                call(ZoneId.of("Europe/Zurich")),
                call(Optional.empty()),
                call(Optional.of("a")),
                call(OptionalInt.of(1)),
                call(List.of()),
                call(Set.of()),
                call(Map.of()),
                call(List.of("a", "b")),
                call(List.of("b", "a")),
                call(List.of("a"), "b"),
                call(List.of(List.of("a"), "b")),
                call(Set.of("a", "b")),
                call(Map.of("a", "b")),
                call(Map.of("a", List.of("b"))),
                call((Object) new String[] {"a", "b"}),
                call(new int[] {1}),
                call(new long[] {1}),
                call(new byte[0]));
        assertThat(calls.stream().map(CallText::of)).doesNotHaveDuplicates();
    }

    @Test
    void callsThatAreTheSameAreWrittenTheSameInEveryProcess() {
        assertThat(CallText.of(call(new ArrayList<>(List.of("a", "b")))))
                .isEqualTo(CallText.of(call(List.of("a", "b"))));
        assertThat(CallText.of(call(Set.of("a", "b", "c")))).isEqualTo("(set(String:1:a,String:1:b,String:1:c))");
        assertThat(CallText.of(call(new HashSet<>(List.of("c", "b", "a")))))
                .isEqualTo(CallText.of(call(Set.of("a", "b", "c"))));
        assertThat(CallText.of(call(Map.of("a", 1, "b", 2))))
                .isEqualTo("(map(String:1:a=Integer:1:1,String:1:b=Integer:1:2))");
        assertThat(CallText.of(call(new HashMap<>(Map.of("b", 2, "a", 1)))))
                .isEqualTo(CallText.of(call(Map.of("a", 1, "b", 2))));
    }

    @Test
    void theOrderOfASetThatHasOneCounts() {
        assertThat(CallText.of(call(new LinkedHashSet<>(List.of("b", "a")))))
                .isNotEqualTo(CallText.of(call(new LinkedHashSet<>(List.of("a", "b")))));
    }

    static List<Object> doNotSayWhatTheyAre() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        return List.of(
                new Filter(),
                new Object(),
                new AtomicLong(1),
                new StringBuilder("a"),
                Locale.ROOT,
                Clock.systemUTC(),
                List.of(new Filter()),
                Map.of("a", new Filter()),
                Optional.of(new Filter()),
                new Object[] {new Filter()},
                endless);
    }

    @ParameterizedTest
    @MethodSource("doNotSayWhatTheyAre")
    void whatDoesNotSayInFullWhatItIsIsRefused(Object parameter) {
        assertThatExceptionOfType(CacheKeyException.class)
                .isThrownBy(() -> CallText.of(call(7L, parameter)))
                .withMessageContaining("parameter 1 of 'Reports.find' holds a value of type")
                .satisfies(e -> assertThat(e.code()).isEqualTo(Code.PARAMETER_NOT_WRITABLE));
    }

    @Test
    void aRefusalNamesTheTypeThatIsAtFault() {
        assertThatExceptionOfType(CacheKeyException.class)
                .isThrownBy(() -> CallText.of(call(List.of(Optional.of(new Filter())))))
                .withMessageStartingWith("PARAMETER_NOT_WRITABLE: parameter 0 of 'Reports.find'")
                .withMessageContaining("CallTextTest$Filter");
    }

    private static CallKey call(@Nullable Object... parameters) {
        return new CallKey("Reports.find", Arrays.asList(parameters));
    }
}
