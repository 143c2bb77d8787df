package dev.rowcast.streams.audience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.filter.Row;
import dev.rowcast.streams.route.Images;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FiltersTest {

    private final Filters filters = new Filters();

    private Collection<Filter> candidates(Map<String, String> before, Map<String, String> after) {
        return filters.candidates(
                new Images(Set.of("a", "b"), Optional.of(Row.of(before)), Optional.of(Row.of(after))));
    }

    @Test
    @DisplayName("of very many filters by equality a change costs those of its two values")
    void byEquality() {
        IntStream.range(0, 10_000).forEach(i -> filters.add("a=eq." + i));
        filters.add("a=in.(5,7)");
        filters.add("b=gt.1");
        filters.add("a=eq.5,b=gt.1");

        assertThat(candidates(Map.of("a", "5.0", "b", "1"), Map.of("a", "\"6\"", "b", "1")))
                .extracting(Filter::canonical)
                .containsExactlyInAnyOrder("a=eq.5", "a=eq.6", "a=in.(5,7)", "b=gt.1", "a=eq.5,b=gt.1");
        assertThat(candidates(Map.of("a", "null"), Map.of("a", "null")))
                .extracting(Filter::canonical)
                .containsExactly("b=gt.1");
    }

    @Test
    @DisplayName("where a value is not there all that ask for it are candidates")
    void missing() {
        filters.add("a=eq.1");
        filters.add("a=eq.2");
        filters.add("b=eq.2");

        assertThat(candidates(Map.of("b", "1"), Map.of("a", "1", "b", "1")))
                .extracting(Filter::canonical)
                .containsExactlyInAnyOrder("a=eq.1", "a=eq.2");
    }

    @Test
    @DisplayName("a filter of a column that the table does not deliver is no candidate")
    void notDelivered() {
        filters.add("c=eq.1");

        assertThat(candidates(Map.of("a", "1"), Map.of("a", "1"))).isEmpty();
    }

    @Test
    @DisplayName("what is removed leaves nothing behind")
    void removed() {
        filters.add("a=eq.1");
        filters.add("a=in.(1,2)");
        filters.add("b=gt.1");

        filters.remove("a=eq.1");
        filters.remove("a=eq.1");
        assertThat(candidates(Map.of("a", "1"), Map.of("a", "1")))
                .extracting(Filter::canonical)
                .containsExactlyInAnyOrder("a=in.(1,2)", "b=gt.1");
        filters.remove("a=in.(1,2)");
        filters.remove("b=gt.1");

        assertThat(filters.isEmpty()).isTrue();
        assertThat(candidates(Map.of(), Map.of())).isEmpty();
    }

    @Test
    @DisplayName("a text that cannot be read passes nothing")
    void unreadable() {
        filters.add("a=nonsense");

        assertThat(filters.isEmpty()).isTrue();
    }
}
