package dev.rowcast.schemas.filter;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A pattern of `like`: `*` or `%` is any run of characters, `_` is one, and a backslash takes the next character as it
/// stands. Matching takes at most the pattern's length times the text's.
public final class LikePattern {
    /// Not characters, so that no text has them.
    private static final int RUN = -1;

    private static final int ONE = -2;

    private final int[] pieces;

    private LikePattern(int[] pieces) {
        this.pieces = pieces;
    }

    /// @throws FilterException when the last character is a backslash that takes nothing
    static LikePattern parse(String text) throws FilterException {
        int[] characters = text.codePoints().toArray();
        int[] pieces = new int[characters.length];
        int length = 0;
        for (int i = 0; i < characters.length; i++) {
            int piece = switch (characters[i]) {
                case '*', '%' -> RUN;
                case '_' -> ONE;
                default -> characters[i];
            };
            if (piece == '\\') {
                if (++i == characters.length) {
                    throw new FilterException("The pattern " + FilterException.shown(text)
                            + " ends with a backslash; write \\\\ for the character itself.");
                }
                piece = characters[i];
            }
            if (piece != RUN || length == 0 || pieces[length - 1] != RUN) {
                pieces[length++] = piece;
            }
        }
        return new LikePattern(Arrays.copyOf(pieces, length));
    }

    /// The one spelling of this pattern.
    String text() {
        StringBuilder out = new StringBuilder();
        for (int piece : pieces) {
            switch (piece) {
                case RUN -> out.append('*');
                case ONE -> out.append('_');
                case '*', '%', '_', '\\' -> out.append('\\').appendCodePoint(piece);
                default -> out.appendCodePoint(piece);
            }
        }
        return out.toString();
    }

    /// Whether the whole text has this shape.
    boolean matches(String text) {
        int[] characters = text.codePoints().toArray();
        int at = 0;
        int piece = 0;
        int run = -1; // the last run's place, and where it ends for now
        int runEnd = 0;
        while (at < characters.length) {
            if (piece < pieces.length && pieces[piece] == RUN) {
                run = piece++;
                runEnd = at;
            } else if (piece < pieces.length && (pieces[piece] == ONE || pieces[piece] == characters[at])) {
                piece++;
                at++;
            } else if (run >= 0) {
                piece = run + 1;
                at = ++runEnd;
            } else {
                return false;
            }
        }
        while (piece < pieces.length && pieces[piece] == RUN) {
            piece++;
        }
        return piece == pieces.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LikePattern that && Arrays.equals(pieces, that.pieces);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(pieces);
    }

    @Override
    public String toString() {
        return text();
    }
}
