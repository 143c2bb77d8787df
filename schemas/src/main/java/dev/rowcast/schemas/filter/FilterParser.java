package dev.rowcast.schemas.filter;

import dev.rowcast.schemas.filter.Condition.Compare;
import dev.rowcast.schemas.filter.Condition.Is;
import dev.rowcast.schemas.filter.Condition.Like;
import dev.rowcast.schemas.filter.Condition.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads one filter's text, by descent, into a condition in normal form: a negated group is the other group of its
/// negated members. For one use.
final class FilterParser {
    private static final Pattern COLUMN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

    private final Scanner scanner;
    private int terms;

    FilterParser(String text) {
        this.scanner = new Scanner(text);
    }

    Condition parse() throws FilterException {
        List<Condition> members = new ArrayList<>();
        do {
            members.add(item('=', false, 1));
        } while (scanner.take(','));
        if (!scanner.atEnd()) {
            throw scanner.wrong("does not belong here; a value with , ( ) or \" in it is written in quotes");
        }
        return Condition.all(members);
    }

    /// @param separator between a column and its operator: `=` in the whole text, `.` in groups
    private Condition item(char separator, boolean negated, int depth) throws FilterException {
        scanner.mark();
        if (depth > Filter.MAX_DEPTH) {
            throw scanner.wrong("is more than " + Filter.MAX_DEPTH + " groups and negations deep; use fewer");
        }
        boolean quoted = scanner.at('"');
        String word = quoted ? scanner.quoted() : scanner.word();
        if (!quoted && word.equals("not") && scanner.take('.')) {
            return item(separator, !negated, depth + 1);
        }
        if (!quoted && (word.equals("and") || word.equals("or")) && scanner.takeGroup(separator)) {
            return group(word.equals("and") != negated, negated, depth);
        }
        if (!COLUMN.matcher(word).matches()) {
            throw scanner.wrong("begins with no column; write column" + separator + "operator.value, and(…) or or(…)");
        }
        if (!scanner.take(separator)) {
            throw scanner.wrong("needs '" + separator + "' after the column, as in " + word + separator + "eq.1");
        }
        return term(word, negated);
    }

    private Condition group(boolean conjunction, boolean negated, int depth) throws FilterException {
        List<Condition> members = new ArrayList<>();
        do {
            members.add(item('.', negated, depth + 1));
        } while (scanner.take(','));
        if (!scanner.take(')')) {
            throw scanner.wrong("is not closed; end the group with ')', and write a value with , ( ) or \" in quotes");
        }
        return conjunction ? Condition.all(members) : Condition.any(members);
    }

    private Condition term(String column, boolean outerNegated) throws FilterException {
        if (++terms > Filter.MAX_TERMS) {
            throw new FilterException(
                    "The filter has more than " + Filter.MAX_TERMS + " terms; use fewer, or in.(…) for one column.");
        }
        boolean negated = outerNegated;
        String name = scanner.word();
        if (name.equals("not") && scanner.take('.')) {
            negated = !negated;
            name = scanner.word();
        }
        Optional<Operator> operator = Operator.of(name);
        boolean known = operator.isPresent() || name.equals("in") || name.equals("is") || name.equals("like");
        if (!known) {
            throw scanner.wrong("has no operator " + FilterException.shown(name)
                    + "; use eq, neq, lt, lte, gt, gte, in, is or like, or not. before one of them");
        }
        if (!scanner.take('.')) {
            throw scanner.wrong("needs '.' and a value after the operator, as in " + column + "=" + name + ".1");
        }
        return switch (name) {
            case "in" -> Condition.in(column, negated, list());
            case "is" -> is(column, negated);
            case "like" -> new Like(column, negated, LikePattern.parse(scanner.value()));
            default -> {
                Operator written = operator.orElseThrow();
                yield new Compare(column, negated ? written.negated() : written, literal());
            }
        };
    }

    private List<Literal> list() throws FilterException {
        if (!scanner.take('(')) {
            throw scanner.wrong("needs a list in parentheses, as in in.(1,2)");
        }
        List<Literal> values = new ArrayList<>();
        do {
            scanner.skipSpace();
            if (values.isEmpty() && scanner.at(')')) {
                throw scanner.wrong("has an empty list, which nothing is in; name a value, \"\" for the empty text");
            }
            values.add(literal());
        } while (values.size() < Filter.MAX_VALUES && scanner.take(','));
        if (scanner.at(',')) {
            throw scanner.wrong("lists more than " + Filter.MAX_VALUES + " values; list fewer");
        }
        if (!scanner.take(')')) {
            throw scanner.wrong("has a list that is not closed; end it with ')'");
        }
        return values;
    }

    /// A bare `null` is refused: SQL would never find it true, and who writes it means `is.null`.
    private Literal literal() throws FilterException {
        scanner.skipSpace();
        boolean quoted = scanner.at('"');
        String text = scanner.value();
        if (!quoted && text.equalsIgnoreCase("null")) {
            throw scanner.wrong("compares with null, which is never true; write is.null, or \"null\" for the text");
        }
        return new Literal(text);
    }

    private Condition is(String column, boolean negated) throws FilterException {
        String what = scanner.value().toLowerCase(Locale.ROOT);
        return switch (what) {
            case "null", "unknown" -> new Is(column, negated, Truth.NULL);
            case "not_null" -> new Is(column, !negated, Truth.NULL);
            case "true" -> new Is(column, negated, Truth.TRUE);
            case "false" -> new Is(column, negated, Truth.FALSE);
            default ->
                throw scanner.wrong("cannot be " + FilterException.shown(what)
                        + "; after is. write null, not_null, true, false or unknown");
        };
    }
}
