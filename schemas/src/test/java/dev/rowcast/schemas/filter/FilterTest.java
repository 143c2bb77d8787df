package dev.rowcast.schemas.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {

    private static Filter filter(String text) {
        try {
            return Filter.parse(text);
        } catch (FilterException e) {
            throw new AssertionError(text, e);
        }
    }

    private static Verdict judge(String text, String column, String json) {
        return filter(text).judge(Row.of(Map.of(column, json)));
    }

    @ParameterizedTest
    @DisplayName("every spelling of a filter has one canonical text")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "vault_id=eq.1|vault_id=eq.1",
                "and=(a.gt.1,or(b.is.null,c.in.(x,y)),not.d.like.*foo*)"
                        + "|a=gt.1,d=not.like.*foo*,or=(b.is.null,c.in.(x,y))",
                "b=eq.2,a=eq.1|a=eq.1,b=eq.2",
                " a = eq. 1 , b=eq.2|a=eq.1,b=eq.2",
                "and=(b.eq.2,and(a.eq.1))|a=eq.1,b=eq.2",
                "or=(a.eq.1,a.eq.1)|a=eq.1",
                "or=(a.eq.1)|a=eq.1",
                "a=not.eq.1|a=neq.1",
                "not.a=eq.1|a=neq.1",
                "not.a=not.eq.1|a=eq.1",
                "a=not.lt.1|a=gte.1",
                "a=not.gte.1|a=lt.1",
                "not.and=(a.eq.1,or(b.gt.2,c.is.null))|or=(a.neq.1,and(b.lte.2,c.not.is.null))",
                "or=(not.and(a.eq.1,b.eq.2),c.eq.3)|or=(a.neq.1,b.neq.2,c.eq.3)",
                "a=in.(2,1,2)|a=in.(1,2)",
                "a=in.( 1, 2 )|a=in.(1,2)",
                "a=in.(1)|a=eq.1",
                "a=not.in.(1)|a=neq.1",
                "a=not.in.(2,1)|a=not.in.(1,2)",
                "a=eq.\"1\"|a=eq.1",
                "a=eq.|a=eq.\"\"",
                "a=eq.\"null\"|a=eq.\"null\"",
                "a=eq.\" x\"|a=eq.\" x\"",
                "a=in.(\"x,y\",\"(z)\")|a=in.(\"(z)\",\"x,y\")",
                "a=eq.\"say \\\"x\\\"\"|a=eq.\"say \\\"x\\\"\"",
                "a=eq.C:\\dir|a=eq.C:\\dir",
                "a=eq.\"C:\\\\dir\"|a=eq.C:\\dir",
                "a=is.NULL|a=is.null",
                "a=is.not_null|a=not.is.null",
                "a=is.unknown|a=is.null",
                "a=like.%x%|a=like.*x*",
                "a=like.**x%*|a=like.*x*",
                "a=like.100\\%|a=like.100\\%",
                "a=like.\\a_\\*|a=like.a_\\*",
                "and=eq.1|\"and\"=eq.1",
                "\"not\"=eq.1|\"not\"=eq.1",
                "a=gt.2026-01-01T00:00:00Z|a=gt.2026-01-01T00:00:00Z",
                "a=eq.x=y.z|a=eq.x=y.z",
            })
    void canonical(String text, String canonical) {
        assertThat(filter(text).canonical()).isEqualTo(canonical);
        assertThat(filter(canonical)).isEqualTo(filter(text));
        assertThat(filter(canonical).condition()).isEqualTo(filter(text).condition());
    }

    @Test
    @DisplayName("several filters together ask for all of them")
    void together() throws FilterException {
        assertThat(Filter.parseAll(List.of("b=eq.2", "or=(a.eq.1,c.eq.1)", "b=eq.2"))
                        .canonical())
                .isEqualTo("b=eq.2,or=(a.eq.1,c.eq.1)");
        assertThatExceptionOfType(FilterException.class)
                .isThrownBy(() -> Filter.parseAll(List.of("a=eq.\"x", "y\"")))
                .withMessageContaining("quotes");
    }

    @ParameterizedTest
    @DisplayName("a text that is no filter is refused with the part, what is wrong and how to mend it")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "a|'a' at character 1 needs '=' after the column, as in a=eq.1",
                "a=foo.1|has no operator 'foo'; use eq, neq,",
                "a=1|has no operator '1'",
                "a=ilike.x|has no operator 'ilike'",
                "a=eq|needs '.' and a value",
                "x=eq.1,a.eq.1|'a.eq.1' at character 8 needs '=' after the column",
                "or=(a=eq.1)|needs '.' after the column, as in a.eq.1",
                "a->>b=eq.1|begins with no column",
                "1a=eq.1|begins with no column",
                "=eq.1|begins with no column",
                "a=eq.1,|that should follow at character 8 begins with no column",
                "a=eq.null|write is.null",
                "a=in.(1,null)|write is.null",
                "a=in.1|needs a list in parentheses",
                "a=in.()|empty list",
                "a=in.(1,2|not closed",
                "or=(a.eq.1|is not closed",
                "or=()|begins with no column",
                "a=eq.f(x)|written in quotes",
                "a=eq.x)|written in quotes",
                "a=eq.\"x\"y|written in quotes",
                "a=eq.\"x|opens quotes that nothing closes",
                "a=is.maybe|cannot be 'maybe'",
                "a=like.x\\|ends with a backslash",
            })
    void refused(String text, String naming) {
        assertThatExceptionOfType(FilterException.class)
                .isThrownBy(() -> Filter.parse(text))
                .satisfies(e -> assertThat(e.reason()).contains(naming));
    }

    @ParameterizedTest
    @DisplayName("characters that no line of text has are refused")
    @ValueSource(strings = {"a=eq.x\u0000", "a=eq.\n", "a=eq.\ud83e", "a=eq.\u2028", "\u0085"})
    void invisible(String text) {
        assertThatExceptionOfType(FilterException.class)
                .isThrownBy(() -> Filter.parse(text))
                .withMessageContaining("control character");
    }

    @Test
    @DisplayName("length, terms, values and depth are bounded")
    void bounded() {
        String terms = String.join(",", Collections.nCopies(16, "a=eq.1"));
        assertThat(filter(terms).canonical()).isEqualTo("a=eq.1");
        assertRefused(terms + ",a=eq.1", "more than 16 terms");
        String values = IntStream.range(0, 100).mapToObj(Integer::toString).collect(Collectors.joining(","));
        assertThat(filter("a=in.(" + values + ")").condition()).isInstanceOf(Condition.In.class);
        assertRefused("a=in.(" + values + ",100)", "more than 100 values");
        assertRefused("a=eq." + "x".repeat(2_000), "2005 characters");
        assertThat(filter("or=(" + "and(".repeat(6) + "a.eq.1" + ")".repeat(7)).canonical())
                .isEqualTo("a=eq.1");
        assertRefused("or=(" + "and(".repeat(7) + "a.eq.1" + ")".repeat(8), "8 groups");
        assertRefused("not.".repeat(490) + "a=eq.1", "8 groups");
        // Each negation that moves inwards makes a longer word; what is sent around is bounded all the same.
        String lists =
                IntStream.range(0, 15).mapToObj(i -> "a" + i + ".in.(1,2),").collect(Collectors.joining());
        assertRefused("not.and=(" + lists + "b.eq." + "x".repeat(1_800) + ")", "canonical");
    }

    private static void assertRefused(String text, String naming) {
        assertThatExceptionOfType(FilterException.class)
                .isThrownBy(() -> Filter.parse(text))
                .withMessageContaining(naming);
    }

    @ParameterizedTest
    @DisplayName("a value is compared as what the column holds")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                // numbers exactly, whatever their digits
                "a=eq.1|1|PASSES",
                "a=eq.1|1.00|PASSES",
                "a=eq.1e2|100|PASSES",
                "a=lt.10|9|PASSES",
                "a=gt.9007199254740993|9007199254740993|FAILS",
                "a=gte.0.1|0.1000000000000000055|PASSES",
                "a=eq.x|1|FAILS",
                "a=neq.x|1|FAILS",
                "a=eq.1|\"1\"|PASSES",
                "a=eq.1|\"1.0\"|FAILS",
                "a=lt.1e999999|5|PASSES",
                "a=gt.5|\"NaN\"|PASSES",
                // text by code point
                "a=lt.10|\"9\"|FAILS",
                "a=lt.b|\"a\"|PASSES",
                "a=lt.a|\"Z\"|PASSES",
                "a=gt.\uffee|\"\ud83e\udd8a\"|PASSES",
                "a=eq.x\"|\"x\"|BAD",
                "a=eq.\"say \\\"x\\\"\"|\"say \\\"x\\\"\"|PASSES",
                "a=eq.é|\"\\u00e9\"|PASSES",
                "a=eq.|\"\"|PASSES",
                // times as times
                "a=eq.2026-01-01T10:30:00|\"2026-01-01T10:30\"|PASSES",
                "a=lt.2026-01-01T10:30:00.5Z|\"2026-01-01T10:30:00Z\"|PASSES",
                "a=eq.2026-01-01 12:30:00+02|\"2026-01-01T10:30:00Z\"|PASSES",
                "a=eq.2026-01-01T12:30+02:00|\"2026-01-01T10:30:00.000Z\"|PASSES",
                "a=gte.2026-01-01|\"2026-01-01T00:00:00Z\"|PASSES",
                "a=lt.2026-02-31|\"2026-01-01\"|PASSES",
                "a=gt.10:30|\"10:30:00.5\"|PASSES",
                // booleans
                "a=eq.true|true|PASSES",
                "a=gt.false|true|PASSES",
                "a=neq.true|false|PASSES",
                "a=eq.yes|true|FAILS",
                "a=is.true|true|PASSES",
                "a=not.is.true|false|PASSES",
                "a=not.is.true|null|PASSES",
                "a=is.false|null|FAILS",
                // null as in SQL
                "a=eq.1|null|FAILS",
                "a=neq.1|null|FAILS",
                "a=not.in.(1,2)|null|FAILS",
                "a=not.like.x|null|FAILS",
                "a=is.null|null|PASSES",
                "a=not.is.null|null|FAILS",
                "a=not.is.null|0|PASSES",
                "not.or=(a.eq.1,a.is.null)|null|FAILS",
                "or=(a.neq.1,a.is.null)|null|PASSES",
                // lists
                "a=in.(1,2)|2.0|PASSES",
                "a=not.in.(1,2)|3|PASSES",
                "a=not.in.(1,x)|3|FAILS",
                "a=in.(x,\"y,z\")|\"y,z\"|PASSES",
                // patterns
                "a=like.*foo*|\"a foo b\"|PASSES",
                "a=like.foo|\"Foo\"|FAILS",
                "a=like.f_o|\"f\ud83e\udd8ao\"|PASSES",
                "a=like.*a*b*c|\"xxaxxbxxbc\"|PASSES",
                "a=like.*a*b*c|\"xxaxxbxxbcd\"|FAILS",
                "a=like.100\\%|\"100%\"|PASSES",
                "a=like.100\\%|\"1000\"|FAILS",
                "a=like.*|\"\"|PASSES",
                "a=like.1*|12|FAILS",
                "a=not.like.1*|12|FAILS",
                // nothing compares with what has members
                "a=eq.{}|{}|FAILS",
                "a=neq.x|[1]|FAILS",
                "a=not.is.null|{}|PASSES",
            })
    void compared(String text, String json, String verdict) {
        if (verdict.equals("BAD")) {
            assertThatExceptionOfType(FilterException.class).isThrownBy(() -> Filter.parse(text));
        } else {
            assertThat(judge(text, "a", json)).isEqualTo(Verdict.valueOf(verdict));
        }
    }

    @ParameterizedTest
    @DisplayName("a value that is not there decides nothing, and others may decide without it")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "b=eq.1|UNDECIDED",
                "b=is.null|UNDECIDED",
                "a=eq.1,b=eq.1|UNDECIDED",
                "a=eq.2,b=eq.1|FAILS",
                "or=(a.eq.1,b.eq.1)|PASSES",
                "or=(a.eq.2,b.eq.1)|UNDECIDED",
                "or=(and(a.eq.2,b.eq.1),a.eq.1)|PASSES",
            })
    void undecided(String text, Verdict verdict) {
        assertThat(judge(text, "a", "1")).isEqualTo(verdict);
    }

    @Test
    @DisplayName("equality that every passing row has is told, the narrowest where there are several")
    void equality() {
        assertThat(filter("a=eq.1,b=in.(1,2)").equality().orElseThrow().column())
                .isEqualTo("a");
        assertThat(filter("a=in.(x,y,z),b=in.(x,y)").equality().orElseThrow().column())
                .isEqualTo("b");
        assertThat(filter("a=gt.1,b=neq.1").equality()).isEmpty();
        assertThat(filter("or=(a.eq.1,b.eq.1)").equality()).isEmpty();
        assertThat(filter("a=not.in.(1,2)").equality()).isEmpty();
        for (String json : List.of("1", "1.0", "1e0", "\"1\"")) {
            Equality equality = filter("a=eq.1").equality().orElseThrow();
            assertThat(Row.of(Map.of("a", json)).key("a"))
                    .hasValueSatisfying(key -> assertThat(equality.keys()).contains(key));
        }
    }
}
