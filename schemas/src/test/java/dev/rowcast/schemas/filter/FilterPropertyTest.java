package dev.rowcast.schemas.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/// Random filters, spelled at random and held against a plain model of SQL's logic. jqwik prints the seed of a failure.
class FilterPropertyTest {

    /// A condition as SQL has it, with negation anywhere.
    private sealed interface Spec {
        record Not(Spec inner) implements Spec {}

        record Group(boolean all, List<Spec> members) implements Spec {}

        record Compare(String column, String operator, String value) implements Spec {}

        record In(String column, List<String> values) implements Spec {}

        record Is(String column, String what) implements Spec {}
    }

    private static final List<String> COLUMNS = List.of("a", "b", "c");
    private static final List<String> VALUES =
            List.of("0", "1", "1.0", "2", "-3.5", "true", "x", "x,y", "(", "say \"x\"", " x", "null", "\\", "", "é");
    private static final List<String> JSON = List.of(
            "null",
            "0",
            "1",
            "1.00",
            "2",
            "-3.5",
            "true",
            "false",
            "\"1\"",
            "\"x\"",
            "\"x,y\"",
            "\"\"",
            "\"null\"",
            "\"\\\\\"",
            "{}");

    @Property(tries = 3_000)
    void aFilterSaysWhatSqlSays(@ForAll Random random) throws FilterException {
        Spec spec = spec(random, 3);
        Filter filter = Filter.parse(spelled(spec, random));
        for (int i = 0; i < 5; i++) {
            Map<String, String> row = row(random);
            Boolean expected = model(spec, row);
            assertThat(filter.judge(Row.of(row)))
                    .as("%s on %s", filter, row)
                    .isEqualTo(Boolean.TRUE.equals(expected) ? Verdict.PASSES : Verdict.FAILS);
        }
    }

    @Property(tries = 3_000)
    void spellingDoesNotMatterAndTheCanonicalTextReadsBack(@ForAll Random random) throws FilterException {
        Spec spec = spec(random, 3);
        Filter filter = Filter.parse(spelled(spec, random));
        assertThat(Filter.parse(spelled(spec, random))).isEqualTo(filter);
        Filter again = Filter.parse(filter.canonical());
        assertThat(again.canonical()).isEqualTo(filter.canonical());
        assertThat(again.condition()).isEqualTo(filter.condition());
    }

    @Property(tries = 3_000)
    void everyPassingRowIsFoundByEqualityAndNoValueMissingChangesWhatWasDecided(@ForAll Random random)
            throws FilterException {
        Filter filter = Filter.parse(spelled(spec(random, 3), random));
        Map<String, String> row = row(random);
        Row whole = Row.of(row);
        Verdict verdict = filter.judge(whole);
        if (verdict == Verdict.PASSES) {
            filter.equality()
                    .ifPresent(equality -> assertThat(whole.key(equality.column()))
                            .hasValueSatisfying(
                                    key -> assertThat(equality.keys()).contains(key)));
        }
        Map<String, String> part = new HashMap<>(row);
        part.remove(COLUMNS.get(random.nextInt(COLUMNS.size())));
        assertThat(filter.judge(Row.of(part))).isIn(verdict, Verdict.UNDECIDED);
    }

    @Property(tries = 10_000)
    void whateverIsReadIsAFilterOrAnErrorAndReadsBack(@ForAll Random random) {
        List<String> tokens = List.of(
                "a", "b", "=", ".", ",", "(", ")", "\"", "\\", "and", "or", "not", "eq", "in", "is", "like", "null",
                "*", "1", " ", "\u0000", "\ud83e", "not.", "=eq.", ".in.(", "or=(", "and(", "true", "é");
        StringBuilder text = new StringBuilder();
        if (random.nextBoolean()) {
            text.append(spelled(spec(random, 2), random));
        }
        for (int i = random.nextInt(12); i > 0; i--) {
            text.insert(random.nextInt(text.length() + 1), tokens.get(random.nextInt(tokens.size())));
        }
        try {
            Filter filter = Filter.parse(text.toString());
            assertThat(Filter.parse(filter.canonical()).condition()).isEqualTo(filter.condition());
        } catch (FilterException e) {
            assertThat(e.reason()).endsWith(".").hasSizeLessThan(300);
        } catch (RuntimeException e) {
            fail("'" + text + "'", e);
        }
    }

    private static Spec spec(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 3 : 6);
        String column = COLUMNS.get(random.nextInt(COLUMNS.size()));
        return switch (kind) {
            case 0 ->
                new Spec.Compare(
                        column,
                        List.of("eq", "neq", "lt", "lte", "gt", "gte").get(random.nextInt(6)),
                        VALUES.get(random.nextInt(VALUES.size())));
            case 1 -> {
                List<String> values = new ArrayList<>();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    values.add(VALUES.get(random.nextInt(VALUES.size())));
                }
                yield new Spec.In(column, values);
            }
            case 2 -> new Spec.Is(column, List.of("null", "true", "false").get(random.nextInt(3)));
            case 3 -> new Spec.Not(spec(random, depth - 1));
            default -> {
                List<Spec> members = new ArrayList<>();
                for (int i = random.nextInt(2); i >= 0; i--) {
                    members.add(spec(random, depth - 1));
                }
                yield new Spec.Group(kind == 4, members);
            }
        };
    }

    /// One of the many texts of a condition.
    private static String spelled(Spec spec, Random random) {
        if (spec instanceof Spec.Group(boolean all, List<Spec> members) && all && random.nextBoolean()) {
            return shuffled(members, random).stream()
                    .map(member -> spelled(member, '=', random))
                    .collect(Collectors.joining(","));
        }
        return spelled(spec, '=', random);
    }

    private static String spelled(Spec spec, char separator, Random random) {
        boolean negated = false;
        Spec positive = spec;
        while (positive instanceof Spec.Not(Spec inner)) {
            negated = !negated;
            positive = inner;
        }
        String group = separator == '=' ? "=(" : "(";
        return switch (positive) {
            case Spec.Group(boolean all, List<Spec> members) ->
                (negated ? "not." : "") + (all ? "and" : "or") + group
                        + shuffled(members, random).stream()
                                .map(member -> spelled(member, '.', random))
                                .collect(Collectors.joining(random.nextBoolean() ? "," : " , "))
                        + ")";
            case Spec.Compare(String column, String operator, String value) ->
                term(column, separator, operator + "." + quoted(value, random), negated, random);
            case Spec.In(String column, List<String> values) ->
                term(
                        column,
                        separator,
                        shuffled(values, random).stream()
                                .map(value -> quoted(value, random))
                                .collect(Collectors.joining(",", "in.(", ")")),
                        negated,
                        random);
            case Spec.Is(String column, String what) -> term(column, separator, "is." + what, negated, random);
            case Spec.Not unreachable -> throw new AssertionError();
        };
    }

    private static String term(String column, char separator, String rest, boolean negated, Random random) {
        String name = random.nextInt(5) == 0 ? '"' + column + '"' : column;
        if (!negated) {
            return name + separator + rest;
        }
        return random.nextBoolean() ? "not." + name + separator + rest : name + separator + "not." + rest;
    }

    private static String quoted(String value, Random random) {
        boolean needed = value.isEmpty()
                || value.equals("null")
                || !value.strip().equals(value)
                || value.chars().anyMatch(c -> ",()\"".indexOf(c) >= 0);
        return needed || random.nextInt(3) == 0
                ? '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"'
                : value;
    }

    private static <T> List<T> shuffled(List<T> list, Random random) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy;
    }

    private static Map<String, String> row(Random random) {
        Map<String, String> row = new HashMap<>();
        COLUMNS.forEach(column -> row.put(column, JSON.get(random.nextInt(JSON.size()))));
        return row;
    }

    /// SQL's answer: true, false, or null.
    private static @Nullable Boolean model(Spec spec, Map<String, String> row) {
        return switch (spec) {
            case Spec.Not(Spec inner) -> {
                Boolean value = model(inner, row);
                yield value == null ? null : !value;
            }
            case Spec.Group(boolean all, List<Spec> members) -> {
                boolean unknown = false;
                for (Spec member : members) {
                    Boolean value = model(member, row);
                    if (value == null) {
                        unknown = true;
                    } else if (value != all) {
                        yield !all;
                    }
                }
                yield unknown ? null : (Boolean) all;
            }
            case Spec.Is(String column, String what) -> value(row, column).equals(what);
            case Spec.Compare(String column, String operator, String value) -> {
                Integer order = order(value(row, column), value);
                yield order == null ? null : (Boolean) holds(operator, order);
            }
            case Spec.In(String column, List<String> values) ->
                model(
                        new Spec.Group(
                                false,
                                values.stream()
                                        .<Spec>map(value -> new Spec.Compare(column, "eq", value))
                                        .toList()),
                        row);
        };
    }

    private static String value(Map<String, String> row, String column) {
        return Objects.requireNonNull(row.get(column));
    }

    private static boolean holds(String operator, int order) {
        return switch (operator) {
            case "eq" -> order == 0;
            case "neq" -> order != 0;
            case "lt" -> order < 0;
            case "lte" -> order <= 0;
            case "gt" -> order > 0;
            default -> order >= 0;
        };
    }

    private static @Nullable Integer order(String json, String value) {
        if (json.startsWith("\"")) {
            return json.substring(1, json.length() - 1).replace("\\\\", "\\").compareTo(value);
        }
        if (json.equals("true") || json.equals("false")) {
            return value.equals("true") ? json.equals("true") ? (Integer) 0 : (Integer) (-1) : null;
        }
        if (json.equals("null") || json.equals("{}") || !value.matches("-?[0-9.]+")) {
            return null;
        }
        return new java.math.BigDecimal(json).compareTo(new java.math.BigDecimal(value));
    }
}
