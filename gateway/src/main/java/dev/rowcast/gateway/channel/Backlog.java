package dev.rowcast.gateway.channel;

import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// What waits for a client that does not read as fast as it is written to, in the order in which it will be
/// told. The messages are those of everybody; of its own it has a reference to each.
///
/// Of an entity whose rows the client does not want only the latest state waits, and stands for all that happened
/// since. That moves it behind what came meanwhile, so of what it moved past nothing has a cursor any more: only the
/// last of them does. Whatever else waits keeps its place, and nothing moves past it. Confined to one event loop.
final class Backlog {

    /// @param action what it all means, of an entity whose latest state this is
    /// @param versioned whether all of it had versions
    private record Entry(
            Rendered message,
            boolean rows,
            boolean cursored,
            Optional<Meanings> meanings,
            Action action,
            boolean versioned) {

        Entry withoutCursor() {
            return new Entry(message, rows, false, meanings, action, versioned);
        }
    }

    private final Form form;
    private final ProtocolCodec codec;
    /// What keeps its place.
    private final Deque<Entry> fixed = new ArrayDeque<>();
    /// After it, the latest states by entity.
    private final SequencedMap<String, Entry> latest = new LinkedHashMap<>();
    /// Whether one of these moved past others.
    private boolean moved;

    private long bytes;
    private Optional<String> cursor = Optional.empty();

    Backlog(Form form, ProtocolCodec codec) {
        this.form = form;
        this.codec = codec;
    }

    boolean isEmpty() {
        return fixed.isEmpty() && latest.isEmpty();
    }

    int messages() {
        return fixed.size() + latest.size();
    }

    long bytes() {
        return bytes;
    }

    /// Takes in all of a script.
    ///
    /// @return how many messages became part of later ones
    int add(Script script) {
        Deque<Script> steps = new ArrayDeque<>();
        for (Script each = script; each != null && !each.isEmpty(); each = each.before()) {
            steps.push(each);
        }
        int collapsed = 0;
        for (Script each : steps) {
            collapsed += add(each.last(), each.lastHasRows(), each.lastHasCursor());
        }
        return collapsed;
    }

    private int add(Rendered message, boolean rows, boolean cursored) {
        Optional<Meanings> meanings = rows ? Optional.empty() : message.meanings(codec);
        if (meanings.isEmpty()) {
            fixLatest();
            fixed.add(counted(new Entry(message, rows, cursored, meanings, Action.UPDATE, false)));
            return 0;
        }
        Meanings now = meanings.get();
        String entity = message.entity().orElseThrow();
        Entry before = latest.remove(entity);
        if (before == null) {
            Entry entry = new Entry(message, false, cursored, meanings, now.action(), now.hasVersion());
            latest.put(entity, counted(entry));
            return 0;
        }
        bytes -= size(before);
        moved = true;
        boolean cameAnew = now.action() == Action.UPDATE && before.action() != Action.UPDATE;
        Action action = cameAnew ? Action.CREATE : now.action();
        boolean versioned = before.versioned() && now.hasVersion();
        Rendered all = now.coalesced(action, versioned);
        latest.put(entity, counted(new Entry(all, false, cursored, meanings, action, versioned)));
        return 1;
    }

    private Entry counted(Entry entry) {
        bytes += size(entry);
        return entry;
    }

    private int size(Entry entry) {
        return entry.message().bytes(form, entry.rows(), entry.cursored()).length;
    }

    private void fixLatest() {
        while (!latest.isEmpty()) {
            fixed.add(pollLatest());
        }
    }

    private Entry pollLatest() {
        Entry entry = latest.pollFirstEntry().getValue();
        if (latest.isEmpty()) {
            moved = false;
            return entry;
        }
        return moved && entry.cursored() ? recounted(entry) : entry;
    }

    private Entry recounted(Entry entry) {
        bytes -= size(entry);
        return counted(entry.withoutCursor());
    }

    /// Takes out what is told first.
    ///
    /// @param most bytes, about; at least one message comes
    ByteBuf take(ByteBufAllocator alloc, long most) {
        Script piece = Script.empty();
        for (long size = 0; size < most && !isEmpty(); ) {
            Entry entry = fixed.isEmpty() ? pollLatest() : fixed.remove();
            size += size(entry);
            bytes -= size(entry);
            piece = piece.then(entry.message(), entry.rows(), entry.cursored());
        }
        cursor = piece.cursor();
        return piece.bytes(alloc, form);
    }

    /// The last cursor in what was taken out last.
    Optional<String> cursor() {
        return cursor;
    }
}
