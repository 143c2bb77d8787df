package dev.rowcast.schemas.catalog;

import java.util.List;

/// One way in which a database does not fit a catalog.
///
/// @param message what is wrong, naming the table and the columns
/// @param fix what to do about it, for people
/// @param sql the statements that do it, in order, ready to run; empty where SQL alone cannot mend it
public record DatabaseProblem(DatabaseCode code, String message, String fix, List<String> sql) {
    public DatabaseProblem {
        sql = List.copyOf(sql);
    }

    /// One line, with the SQL at its end.
    @Override
    public String toString() {
        String statements = sql.isEmpty() ? "" : ": " + String.join(" ", sql);
        return message + "; " + fix + statements + " [" + code + "]";
    }
}
