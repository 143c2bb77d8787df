package dev.rowcast.schemas.filter;

import dev.rowcast.schemas.filter.Condition.All;
import dev.rowcast.schemas.filter.Condition.Any;
import dev.rowcast.schemas.filter.Condition.Compare;
import dev.rowcast.schemas.filter.Condition.In;
import dev.rowcast.schemas.filter.Condition.Is;
import dev.rowcast.schemas.filter.Condition.Like;
import dev.rowcast.schemas.filter.Condition.Term;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The one spelling of a condition in normal form, which reads back as the same condition.
final class Notation {
    /// Words of the notation, so that a column of that name is written in quotes.
    static final Set<String> WORDS = Set.of("and", "or", "not");

    private Notation() {}

    /// As the whole text: `a=eq.1,b=is.null` or `or=(…)`.
    static String text(Condition root) {
        return switch (root) {
            case All(List<Condition> members) ->
                members.stream().map(Notation::text).collect(Collectors.joining(","));
            case Any(List<Condition> members) -> "or=" + group(members);
            case Term term -> term(term, "=");
        };
    }

    /// As the member of a group: `a.eq.1` or `and(…)`.
    static String member(Condition condition) {
        return switch (condition) {
            case All(List<Condition> members) -> "and" + group(members);
            case Any(List<Condition> members) -> "or" + group(members);
            case Term term -> term(term, ".");
        };
    }

    private static String group(List<Condition> members) {
        return members.stream().map(Notation::member).collect(Collectors.joining(",", "(", ")"));
    }

    private static String term(Term term, String separator) {
        String column = WORDS.contains(term.column()) ? '"' + term.column() + '"' : term.column();
        return column
                + separator
                + switch (term) {
                    case Compare compare ->
                        compare.operator().text() + "." + value(compare.value().text());
                    case In in ->
                        not(in.negated()) + "in."
                                + in.values().stream()
                                        .map(value -> value(value.text()))
                                        .collect(Collectors.joining(",", "(", ")"));
                    case Is is -> not(is.negated()) + "is." + is.truth().text();
                    case Like like ->
                        not(like.negated()) + "like." + value(like.pattern().text());
                };
    }

    private static String not(boolean negated) {
        return negated ? "not." : "";
    }

    /// In quotes where it would not read back as itself.
    private static String value(String text) {
        boolean plain = !text.isEmpty()
                && !text.equalsIgnoreCase("null")
                && text.strip().length() == text.length()
                && text.chars().noneMatch(c -> Text.isReserved((char) c));
        return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
