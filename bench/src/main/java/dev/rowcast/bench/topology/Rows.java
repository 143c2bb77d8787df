package dev.rowcast.bench.topology;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Transaction;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The changes that are written: updates of rows of about 80 bytes, with both images, one in a transaction. Each has a
/// number, which comes back as its frame's LSN.
final class Rows {

    static final String CATALOG = """
            source: bench
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant}
              room: {access: members, members: {table: public.room_members, channel: room_id, principal: user_id}}
            tables:
              public.messages: {entity: message, channels: ["room:{room_id}"], deliver: [id, room_id, title]}
              public.sources:
                entity: source
                channels: ["vault:{vault_id}"]
                deliver: [id, vault_id, title]
            """;

    static final int ENTITIES = 500;

    private static final String TITLE = "\"The quick brown fox jumps over the lazy dog again\"";

    private Rows() {}

    static String channel(int vault) {
        return "vault:" + vault;
    }

    static String room(int room) {
        return "room:" + room;
    }

    /// Of a row in this vault.
    static Change change(long number, int vault) {
        return update("public.sources", number, "vault_id", vault);
    }

    /// Of a row in this room.
    static Change message(long number, int room) {
        return update("public.messages", number, "room_id", room);
    }

    /// The user is let into the room.
    static Change member(long number, int room, String user) {
        Map<String, String> row = Map.of("room_id", Integer.toString(room), "user_id", '"' + user + '"');
        return change(number, "public.room_members", Operation.CREATE, room + "," + user, null, row);
    }

    private static Change update(String table, long number, String column, int channel) {
        String id = Long.toString(number % ENTITIES);
        Map<String, String> row = Map.of("id", id, column, Integer.toString(channel), "title", TITLE);
        return change(number, table, Operation.UPDATE, id, row, row);
    }

    private static Change change(
            long number,
            String table,
            Operation op,
            String key,
            @Nullable Map<String, String> before,
            Map<String, String> after) {
        long us = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        Transaction tx = new Transaction(number & 0xffffffffL, number, number, us, 0, true);
        return new Change(1L, "bench", us, null, new RowChange(table, op, key, before, after, List.of(), number, tx));
    }
}
