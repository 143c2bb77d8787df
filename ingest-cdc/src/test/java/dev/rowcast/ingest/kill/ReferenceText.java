package dev.rowcast.ingest.kill;

import dev.rowcast.ingest.kill.Committed.Kind;
import dev.rowcast.ingest.kill.Committed.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads what Postgres's `test_decoding` writes. Messages in the log are nobody's rows.
final class ReferenceText {

    private static final String UNCHANGED = "unchanged-toast-datum";

    private final List<Committed> transactions = new ArrayList<>();
    private List<Row> rows = new ArrayList<>();

    /// Takes the next line.
    void line(long lsn, long xid, String text) {
        if (text.startsWith("BEGIN")) {
            rows = new ArrayList<>();
        } else if (text.startsWith("COMMIT")) {
            transactions.add(new Committed(xid, lsn, rows));
        } else if (text.startsWith("table ")) {
            rows(lsn, text);
        } else if (!text.startsWith("message: ")) {
            throw new IllegalArgumentException("not a line of test_decoding: " + text);
        }
    }

    /// What committed, in that order.
    List<Committed> transactions() {
        return transactions;
    }

    private void rows(long lsn, String text) {
        int colon = text.indexOf(": ");
        String tables = text.substring("table ".length(), colon);
        String rest = text.substring(colon + 2);
        Kind kind = Kind.valueOf(rest.substring(0, rest.indexOf(':')));
        if (kind == Kind.TRUNCATE) {
            for (String table : tables.split(", ")) {
                rows.add(new Row(table, kind, Map.of(), Map.of(), lsn));
            }
            return;
        }
        Tuples tuples = new Tuples(rest.substring(rest.indexOf(':') + 1));
        Map<String, String> before = Map.of();
        Map<String, String> after = Map.of();
        switch (kind) {
            case INSERT -> after = tuples.next();
            case DELETE -> before = tuples.next();
            case UPDATE -> {
                if (tuples.take(" old-key:")) {
                    before = tuples.next();
                    tuples.take(" new-tuple:");
                }
                after = repeated(before, tuples.next());
            }
            case TRUNCATE -> throw new IllegalStateException(text);
        }
        rows.add(new Row(tables, kind, before, after, lsn));
    }

    private static Map<String, String> repeated(Map<String, String> before, Map<String, String> after) {
        Map<String, String> whole = new HashMap<>(after);
        whole.replaceAll((column, value) -> value.equals(UNCHANGED) ? before.getOrDefault(column, value) : value);
        return whole;
    }

    /// ` column[type]:value` again and again.
    private static final class Tuples {

        private final String text;
        private int at;

        Tuples(String text) {
            this.text = text;
        }

        boolean take(String word) {
            if (!text.startsWith(word, at)) {
                return false;
            }
            at += word.length();
            return true;
        }

        Map<String, String> next() {
            Map<String, String> columns = new LinkedHashMap<>();
            while (at < text.length() && !text.startsWith(" new-tuple:", at)) {
                int bracket = text.indexOf('[', at);
                String column = text.substring(at + 1, bracket);
                at = text.indexOf("]:", bracket) + 2;
                columns.put(column, value());
            }
            return columns;
        }

        private String value() {
            if (text.charAt(at) != '\'') {
                int end = text.indexOf(' ', at);
                String word = text.substring(at, end < 0 ? text.length() : end);
                at += word.length();
                return word;
            }
            StringBuilder value = new StringBuilder();
            for (at++; ; at++) {
                if (text.charAt(at) == '\'') {
                    at++;
                    if (at >= text.length() || text.charAt(at) != '\'') {
                        return Texts.shortened(value.toString());
                    }
                }
                value.append(text.charAt(at));
            }
        }
    }
}
