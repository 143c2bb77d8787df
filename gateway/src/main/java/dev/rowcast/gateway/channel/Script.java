package dev.rowcast.gateway.channel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a connection is to be told next: a message, and the script before it. A connection has one pointer,
/// to the script that it is at; to tell it more moves the pointer to a child. Connections that are told the
/// same are at the same script, however many they are and whatever they are subscribed to, and it becomes
/// bytes once for each form.
///
/// A child is looked for only among those of the latest message, so there is nothing to clean up: a script lives as
/// long as connections are at it or behind it. Confined to one event loop.
final class Script {

    private static final Rendered NOTHING = Rendered.text("");

    private final @Nullable Script before;
    private final Rendered last;
    private final boolean rows;
    private final boolean cursored;
    private final int weight;
    private final Optional<String> cursor;
    /// The children of the latest message that a child was made for.
    private @Nullable Script child;

    private @Nullable Script sibling;
    private @Nullable Script withCursor;
    private @Nullable ByteBuf @Nullable [] buffers;
    private int users;

    private Script(@Nullable Script before, Rendered last, boolean rows, boolean cursored) {
        this.before = before;
        this.last = last;
        this.rows = rows;
        this.cursored = cursored;
        this.weight = (before == null ? 0 : before.weight) + last.weight(rows);
        this.cursor = cursored || before == null ? last.cursor() : before.cursor;
    }

    /// Where every connection of an event loop is that has been told everything.
    static Script empty() {
        return new Script(null, NOTHING, false, false);
    }

    /// One message.
    static Script of(Rendered message) {
        return empty().then(message, false, false);
    }

    boolean isEmpty() {
        return before == null;
    }

    /// This and one message more.
    ///
    /// @param wantsCursor only where the message has one
    Script then(Rendered message, boolean wantsRows, boolean wantsCursor) {
        Script first = child != null && child.last == message ? child : null;
        for (Script each = first; each != null; each = each.sibling) {
            if (each.rows == wantsRows && each.cursored == wantsCursor) {
                return each;
            }
        }
        Script made = new Script(this, message, wantsRows, wantsCursor);
        made.sibling = first;
        child = made;
        return made;
    }

    /// The same with another last message.
    Script replacingLast(Rendered message, boolean wantsRows) {
        return before == null ? then(message, wantsRows, false) : before.then(message, wantsRows, false);
    }

    /// The same, its last message with the cursor, if it has one.
    Script withCursor() {
        if (cursored || last.cursor().isEmpty()) {
            return this;
        }
        if (withCursor == null) {
            withCursor = new Script(before, last, rows, true);
        }
        return withCursor;
    }

    @Nullable
    Script before() {
        return before;
    }

    Rendered last() {
        return last;
    }

    boolean lastHasRows() {
        return rows;
    }

    boolean lastHasCursor() {
        return cursored;
    }

    /// About how many bytes it is.
    int weight() {
        return weight;
    }

    /// The last cursor in it.
    Optional<String> cursor() {
        return cursor;
    }

    /// A connection is at it.
    void enter() {
        users++;
    }

    /// A connection is no longer at it.
    void leave() {
        users--;
        if (users == 0 && buffers != null) {
            for (ByteBuf buffer : buffers) {
                if (buffer != null) {
                    buffer.release();
                }
            }
            buffers = null;
        }
    }

    /// All of it in one piece, for one of the connections that are at it; the receiver's to release.
    ByteBuf bytes(ByteBufAllocator alloc, Form form) {
        if (users <= 1 && buffers == null) {
            return make(alloc, form);
        }
        if (buffers == null) {
            buffers = new ByteBuf[Form.values().length];
        }
        ByteBuf made = buffers[form.ordinal()];
        if (made == null) {
            made = make(alloc, form);
            buffers[form.ordinal()] = made;
        }
        return made.retainedDuplicate();
    }

    private ByteBuf make(ByteBufAllocator alloc, Form form) {
        int size = 0;
        for (Script each = this; each.before != null; each = each.before) {
            size += each.last.bytes(form, each.rows, each.cursored).length;
        }
        ByteBuf out = form.begin(alloc, size);
        int end = out.writerIndex() + size;
        out.writerIndex(end);
        for (Script each = this; each.before != null; each = each.before) {
            byte[] bytes = each.last.bytes(form, each.rows, each.cursored);
            end -= bytes.length;
            out.setBytes(end, bytes);
        }
        return form.finish(out);
    }
}
