package dev.rowcast.schemas.yaml;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Finds the word that somebody probably meant.
public final class Suggestion {
    private Suggestion() {}

    /// `did you mean "deliver"?` where one of the known words is near, else the known words themselves.
    public static String of(String word, Collection<String> known) {
        return nearest(word, known)
                .map(near -> "did you mean \"" + near + "\"?")
                .orElse("known are " + String.join(", ", known));
    }

    /// The known word that is fewest letters away, the first of them, where that is near enough.
    public static Optional<String> nearest(String word, Collection<String> known) {
        String wanted = word.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(candidate -> Math.abs(candidate.length() - wanted.length()) <= reach(candidate))
                .filter(candidate -> distance(wanted, candidate.toLowerCase(Locale.ROOT)) <= reach(candidate))
                .min(Comparator.comparingInt(candidate -> distance(wanted, candidate.toLowerCase(Locale.ROOT))));
    }

    /// Two letters that changed places are two steps, which words of four letters and more must allow.
    private static int reach(String candidate) {
        return candidate.length() < 4 ? 1 : Math.max(2, candidate.length() / 3);
    }

    /// Levenshtein's distance; both words are short, because their lengths differ by `reach` at most.
    private static int distance(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int substitution = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
