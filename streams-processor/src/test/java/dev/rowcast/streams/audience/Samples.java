package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Detach;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.avro.Unsubscribe;
import dev.rowcast.schemas.avro.Watermark;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.position.CursorCodec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A catalog, and what can happen by it.
final class Samples {

    static final CursorCodec CURSORS = new CursorCodec("a secret of sixteen bytes or more");
    static final long EPOCH = 0xABCDL;
    static final long COMMIT_US = 1_767_225_600_000_000L;
    static final long LEASE_MS = 10_000;

    static final Principal ALICE = new Principal("alice", PrincipalKind.USER);
    static final Principal ANYBODY = new Principal("anybody", PrincipalKind.ANONYMOUS);

    static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant}
              site: {access: tenant}
              board: {access: public}
              room:
                access: members
                members: {table: public.room_members, channel: room_id, principal: user_id, role: role}
            tables:
              public.sources: {entity: source, channels: ["vault:{vault_id}"], deliver: [id, vault_id, title]}
              public.notes: {entity: note, channels: ["board:{board_id}", "vault:{vault_id}"]}
              public.messages: {entity: message, channels: ["room:{room_id}"], deliver: [title]}
              public.tasks: {entity: task, channels: ["room:{room_id}"], deliver: [id, room_id, state]}
              public.marks:
                entity: mark
                parent: {table: public.sources, by: source_id}
                channels: ["vault:{parent.vault_id}"]
                deliver: [id, color]
              public.annotations:
                entity: annotation
                parent: {table: public.sources, by: source_id}
                channels: ["vault:{parent.vault_id}"]
              public.updates:
                event: "{event_type}"
                channels: ["site:{site_id}"]
                deliver: [collection, slug, item_id, metadata]
                insert-only: true
            """);

    private Samples() {}

    static Change change(Object body) {
        return change(EPOCH, body);
    }

    static Change change(long epoch, Object body) {
        return new Change(epoch, "app", COMMIT_US + 5_000, null, body);
    }

    static Change inserted(String table, String key, long lsn, Map<String, String> after) {
        return change(row(Operation.CREATE, table, key, null, after, lsn, true));
    }

    static Change updated(String table, String key, long lsn, Map<String, String> before, Map<String, String> after) {
        return change(row(Operation.UPDATE, table, key, before, after, lsn, true));
    }

    static Change deleted(String table, String key, long lsn, Map<String, String> before) {
        return change(row(Operation.DELETE, table, key, before, null, lsn, true));
    }

    static RowChange row(
            Operation op,
            String table,
            String key,
            @Nullable Map<String, String> before,
            @Nullable Map<String, String> after,
            long lsn,
            boolean last) {
        return new RowChange(
                table, op, key, before, after, List.of(), lsn, new Transaction(7L, 0x10L, lsn + 8, COMMIT_US, 0, last));
    }

    /// A row of public.sources.
    static Map<String, String> source(int id, int vault, String title) {
        return Map.of("id", "" + id, "vault_id", "" + vault, "title", '"' + title + '"', "site_id", "\"demo\"");
    }

    static Change watermark(long lsn) {
        return change(new Watermark(lsn, COMMIT_US, null));
    }

    static GatewayCommand attach(String node, int home) {
        return command(node, home, new Attach(LEASE_MS));
    }

    static GatewayCommand detach(String node) {
        return command(node, 0, new Detach());
    }

    static GatewayCommand subscribe(String node, long request, Principal principal, Start start, Target... targets) {
        return command(node, 0, new Subscribe(request, principal, List.of(targets), start, List.of(), false));
    }

    static GatewayCommand unsubscribe(String node, Principal principal, Target... targets) {
        return command(node, 0, new Unsubscribe(principal, List.of(targets)));
    }

    static GatewayCommand command(String node, int home, Object body) {
        return new GatewayCommand(node, home, COMMIT_US, body);
    }

    static Target channel(String name) {
        return new Target(TargetKind.CHANNEL, name, "");
    }

    static Target channel(String name, String filter) {
        return new Target(TargetKind.CHANNEL, name, filter);
    }

    static Target entity(String name) {
        return new Target(TargetKind.ENTITY, name, "");
    }

    /// After this offset.
    static Start after(long offset) {
        return new Start(EPOCH, offset);
    }

    /// For who has nothing: after the node's own position before anything happened.
    static Start fromTheBeginning() {
        return new Start(0L, -1L);
    }
}
