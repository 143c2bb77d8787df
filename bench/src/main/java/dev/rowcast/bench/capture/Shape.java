package dev.rowcast.bench.capture;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// What is written.
enum Shape {
    /// Rows of about 100 bytes by `COPY`.
    COPY("COPY", "small_rows", 1, 20_000),
    /// The same rows, 1 to 10 in a transaction, from several connections.
    SMALL("small transactions", "small_rows", 4, 1_000),
    /// Rows of 40 columns and about 4 kB by `COPY`.
    WIDE("wide rows", "wide_rows", 1, 1_000);

    private static final int TEXT_COLUMNS = 26;
    private static final int NUMBER_COLUMNS = 12;
    private static final int TENANTS = 50;
    private static final int PIECE_CHARS = 64 * 1024;
    private static final String FILLER =
            "the quick brown fox jumps over the lazy dog while nobody looks at what a column of a wide row may hold ";

    private final String title;
    private final String table;
    private final int writers;
    private final int chunkRows;

    Shape(String title, String table, int writers, int chunkRows) {
        this.title = title;
        this.table = table;
        this.writers = writers;
        this.chunkRows = chunkRows;
    }

    String title() {
        return title;
    }

    /// How many connections write it while capture is watched under load.
    int writers() {
        return writers;
    }

    /// How many rows a writer writes before it looks how far capture is.
    int chunkRows() {
        return chunkRows;
    }

    /// Makes both tables and the procedure that writes small transactions; what an earlier run left goes.
    static String[] schema() {
        StringBuilder wide = new StringBuilder("create table wide_rows (id bigint primary key, site_id text not null");
        for (int i = 1; i <= NUMBER_COLUMNS; i++) {
            wide.append(", n").append(i).append(" bigint");
        }
        for (int i = 1; i <= TEXT_COLUMNS; i++) {
            wide.append(", t").append(i).append(" text");
        }
        // The rows stay whole in the table: out-of-line values are another measurement.
        wide.append(") with (autovacuum_enabled = false, toast_tuple_target = 8160)");
        return new String[] {
            "drop table if exists small_rows, wide_rows",
            """
            create table small_rows (id bigint primary key, site_id text not null, kind text, title text,
              amount numeric(12, 2), created_at timestamptz) with (autovacuum_enabled = false)""",
            wide.toString(),
            "alter table small_rows replica identity full",
            "alter table wide_rows replica identity full",
            """
            create or replace procedure small_transactions(first bigint, total int) language plpgsql as $$
            declare done int := 0; size int;
            begin
              while done < total loop
                size := least(1 + (done * 7 + first) % 10, total - done);
                insert into small_rows
                  select id, 'tenant-' || id % 50, 'note', 'row ' || id || ' of many that are alike', id / 100.0, now()
                  from generate_series(first + done, first + done + size - 1) id;
                commit;
                done := done + size;
              end loop;
            end $$""",
        };
    }

    /// Everything of the catalog after its source. Of the wide rows only some columns go to subscribers, as in life.
    static String catalog() {
        return """
                tenancy: {column: site_id}
                channels:
                  site: {access: tenant}
                tables:
                  public.small_rows: {entity: small, channels: ["site:{site_id}"], deliver: [id, kind, title, amount, created_at]}
                  public.wide_rows: {entity: wide, channels: ["site:{site_id}"], deliver: [id, n1, n2, t1, t2, t3]}
                """;
    }

    /// The raw topic's part behind the source, `schema.table`.
    String topic() {
        return "public." + table;
    }

    /// Writes rows with ids from `first` on: one transaction, or many small ones, without waiting for the disk.
    void write(Connection connection, long first, int rows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = off");
            switch (this) {
                case SMALL -> statement.execute("call small_transactions(%d, %d)".formatted(first, rows));
                case COPY, WIDE -> copy(connection, first, rows);
            }
        }
    }

    /// One `COPY`, sent piece by piece: the rows need not fit into memory.
    private void copy(Connection connection, long first, int rows) throws SQLException {
        String tail = this == WIDE ? wideTail() : "";
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy %s from stdin".formatted(table));
        StringBuilder piece = new StringBuilder();
        for (long id = first; id < first + rows; id++) {
            row(piece, id, tail);
            if (piece.length() > PIECE_CHARS || id == first + rows - 1) {
                byte[] bytes = piece.toString().getBytes(StandardCharsets.US_ASCII);
                copy.writeToCopy(bytes, 0, bytes.length);
                piece.setLength(0);
            }
        }
        copy.endCopy();
    }

    private void row(StringBuilder text, long id, String tail) {
        text.append(id).append("\ttenant-").append(id % TENANTS);
        if (this == WIDE) {
            text.append(tail);
        } else {
            text.append("\tnote\trow ").append(id).append(" of many that are alike\t");
            text.append(id / 100).append(".25\t2026-01-01 12:00:00.123456+00\n");
        }
    }

    private static String wideTail() {
        StringBuilder tail = new StringBuilder();
        for (int i = 1; i <= NUMBER_COLUMNS; i++) {
            tail.append('\t').append(1_000_003L * i);
        }
        for (int i = 1; i <= TEXT_COLUMNS; i++) {
            tail.append('\t').append(FILLER, 0, FILLER.length()).append(FILLER, 0, 40);
        }
        return tail.append('\n').toString();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
