package dev.rowcast.ingest.slot;

import dev.rowcast.schemas.position.Lsn;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Where a database's log left the timelines that it came from: a promotion or a restore begins a new one, and what
/// the old one had after that place never happened on the new one.
public final class TimelineHistory {

    private final Map<Integer, Lsn> ends;

    private TimelineHistory(Map<Integer, Lsn> ends) {
        this.ends = ends;
    }

    /// Asks the database over a session that speaks the replication protocol, as the role may.
    ///
    /// @param timeline the present one
    public static TimelineHistory read(Database database, int timeline) throws SQLException {
        if (timeline == 1) {
            return new TimelineHistory(Map.of());
        }
        try (Connection connection = database.connectForReplication();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("TIMELINE_HISTORY " + timeline)) {
            row.next();
            return parse(new String(row.getBytes(2), StandardCharsets.UTF_8));
        }
    }

    /// @param text lines of: timeline, where it ended, why; separated by tabs
    public static TimelineHistory parse(String text) {
        Map<Integer, Lsn> ends = new TreeMap<>();
        text.lines()
                .map(line -> line.replaceFirst("#.*", "").strip().split("\\s+"))
                .filter(words -> words.length >= 2)
                .forEach(words -> ends.put(Integer.parseInt(words[0]), Lsn.parse(words[1])));
        return new TimelineHistory(ends);
    }

    /// Where this database left a timeline; empty when it never was on it.
    public Optional<Lsn> endOf(int timeline) {
        return Optional.ofNullable(ends.get(timeline));
    }
}
