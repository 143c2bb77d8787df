package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.channel.CloseCause;
import dev.rowcast.gateway.channel.Form;
import dev.rowcast.gateway.channel.Wire;
import dev.rowcast.gateway.session.Session;
import dev.rowcast.schemas.protocol.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// Collects what a session says into one answer: `{"messages":[…],"cursor":"…"}`. It is given as soon as there is news
/// and all of its transaction is there, or when the time is over. Confined to the event loop.
final class LongPoll implements Wire {

    private static final String PROGRESS = "PROGRESS";

    /// What may come with every answer: as news it would make the client ask in a loop.
    private static final Set<String> NO_NEWS = Set.of("WELCOME", "SUBSCRIBED", "TOKEN_EXPIRING_SOON", PROGRESS);

    private static final int MOST_PAGES = 16;

    private final EventLoop loop;
    private final int page;
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final List<String> messages = new ArrayList<>();
    private Optional<String> cursor = Optional.empty();
    private Optional<Session> session = Optional.empty();
    private Optional<Future<?>> timer = Optional.empty();
    private Runnable whenClosed = () -> {};
    private long bytes;
    private boolean news;
    private boolean full;
    private boolean looking;

    /// @param atOnce whether it is answered as soon as the subscriptions stand
    /// @param page bytes; when they are reached at the end of a transaction, the rest is left to the next poll
    LongPoll(EventLoop loop, boolean atOnce, int page) {
        this.loop = loop;
        this.news = atOnce;
        this.page = page;
    }

    /// Called on the event loop.
    ///
    /// @param open begins the session that writes here
    /// @param longest to wait for news
    /// @param longer to wait then for what is under way, such as the subscriptions themselves
    /// @return the JSON
    CompletableFuture<String> begin(Function<Wire, Session> open, Duration longest, Duration longer) {
        after(longest, () -> {
            after(longer, this::conclude);
            news = true;
            look();
        });
        session = Optional.of(open.apply(this));
        return answer;
    }

    private void after(Duration delay, Runnable task) {
        timer = Optional.of(loop.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS));
    }

    /// The answer has left, or the client. Called on any thread.
    void close() {
        loop.execute(() -> {
            bytes = 0;
            session.ifPresent(Session::gone);
            whenClosed.run();
        });
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public ByteBufAllocator alloc() {
        return ByteBufAllocator.DEFAULT;
    }

    /// Of several `PROGRESS` in a row the last says it all. What is behind a full page comes with the next one, whose
    /// cursor is before it.
    @Override
    public void write(ByteBuf piece) {
        String texts = piece.toString(StandardCharsets.UTF_8);
        piece.release();
        for (int from = 0; from < texts.length(); ) {
            int end = texts.indexOf(Form.END_OF_MESSAGE, from);
            write(texts.substring(from, end));
            from = end + 1;
        }
    }

    private void write(String json) {
        if (full || answer.isDone()) {
            return;
        }
        String type = Frames.type(json);
        if (type.equals(PROGRESS)
                && !messages.isEmpty()
                && Frames.type(messages.getLast()).equals(PROGRESS)) {
            messages.removeLast();
        }
        messages.add(json);
        bytes += ByteBufUtil.utf8Bytes(json);
        news |= !NO_NEWS.contains(type);
        Optional<String> here = Frames.cursor(json);
        cursor = here.or(() -> cursor);
        full = bytes >= page && here.isPresent();
    }

    /// Looks in a turn of its own, because this one is not over for others.
    @Override
    public void flush() {
        if (!looking) {
            looking = true;
            loop.execute(this::look);
        }
    }

    private void look() {
        looking = false;
        if (full || news && session.filter(Session::isSettled).isPresent()) {
            conclude();
        }
    }

    private void conclude() {
        session.ifPresent(Session::conclude);
    }

    /// A transaction that is longer than this many pages is too much for one answer.
    @Override
    public boolean isWritable() {
        return full || bytes <= (long) page * MOST_PAGES;
    }

    /// A full page takes nothing more, so it cannot overflow.
    @Override
    public long pendingBytes() {
        return full ? 0 : bytes;
    }

    @Override
    public void end(Form form, CloseCause cause, Duration linger) {
        StringBuilder json = new StringBuilder("{\"messages\":[")
                .append(String.join(",", messages))
                .append(']');
        cursor.ifPresent(text -> json.append(",\"cursor\":\"").append(text).append('"'));
        timer.ifPresent(pending -> pending.cancel(false));
        answer.complete(json.append('}').toString());
    }

    /// There is nothing to wait for: the answer was given when it ended.
    @Override
    public void cut(CloseCause cause) {}

    @Override
    public void whenClosed(Runnable closed) {
        whenClosed = closed;
    }
}
