package dev.rowcast.ingest.slot;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/// Tells at the price of one small query whether a publication is what it was, and its tables by their names: the log
/// says nothing of a table that is taken out or renamed.
public final class PublicationVersion {

    private static final String SQL = """
            select p.xmin::text || coalesce((
                select string_agg(concat_ws(' ', r.oid, r.xmin, c.xmin), ',' order by r.oid)
                from pg_publication_rel r left join pg_class c on c.oid = r.prrelid
                where r.prpubid = p.oid), '')
            from pg_publication p where p.pubname = ?""";

    private PublicationVersion() {}

    /// Another text whenever one of the tables that it names, or what it sends of them, is another; empty where there
    /// is no such publication. Of a whole schema that it names the tables are not looked at.
    public static String read(Connection connection, String publication) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setString(1, publication);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }
}
