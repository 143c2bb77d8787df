package dev.rowcast.bench.subscribers;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One client. Confined to its event loop.
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel, and that is seen
final class Subscriber extends ChannelInboundHandlerAdapter implements Messages, Mark.Reader {

    /// Of the client's life.
    interface Listener {
        void subscribed(Subscriber subscriber);

        /// It could not, or it was and is not any more.
        void gone(Subscriber subscriber, boolean wasSubscribed);
    }

    private static final int LONGEST_HEAD = 16 << 10;
    private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final List<String> TOLD =
            List.of("{\"type\":\"CHANGE\"", "{\"type\":\"INVALIDATE\"", "{\"type\":\"CONTENT\"");
    private static final int FINAL_TEXT = 0x81;
    private static final int FINAL_PONG = 0x8A;
    private static final int MASKED = 0x80;
    private static final int NO_MASK = 0;

    private final Wish wish;
    private final String host;
    private final Tally tally;
    private final Listener listener;
    private final List<Order> orders;
    private final Kept head = new Kept();
    private @Nullable Decoder decoder;
    private @Nullable ChannelHandlerContext context;
    private boolean subscribed;
    private boolean gone;
    private long nowUs;

    Subscriber(Wish wish, String host, Tally tally, Listener listener) {
        this.wish = wish;
        this.host = host;
        this.tally = tally;
        this.listener = listener;
        this.orders = wish.channels().stream()
                .map(channel -> new Order(channel.number(), channel.next()))
                .toList();
    }

    List<Order> orders() {
        return orders;
    }

    Wish wish() {
        return wish;
    }

    void close() {
        if (context != null) {
            context.close();
        }
    }

    /// Reads again what it left unread.
    void wakeUp() {
        if (context != null) {
            context.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext active) {
        context = active;
        active.writeAndFlush(ByteBufUtil.writeAscii(active.alloc(), wish.request(host)));
    }

    @Override
    public void channelRead(ChannelHandlerContext from, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            nowUs = Mark.nowUs();
            if (decoder == null) {
                head(in);
            }
            if (decoder != null) {
                decoder.read(in, this);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
        tally.endTurn();
    }

    private void head(ByteBuf in) {
        head.add(in, in.readerIndex(), in.writerIndex());
        if (head.size() > LONGEST_HEAD) {
            throw new IllegalStateException("the answer's head is longer than %d bytes".formatted(LONGEST_HEAD));
        }
        in.skipBytes(in.readableBytes());
        ByteBuf all = head.take();
        int end = ByteBufUtil.indexOf(Unpooled.wrappedBuffer(HEAD_END), all);
        if (end < 0) {
            head.add(all, all.readerIndex(), all.writerIndex());
            return;
        }
        String text = all.toString(0, end, StandardCharsets.US_ASCII);
        String expected = wish.transport() == Transport.WEBSOCKET ? " 101" : " 200";
        if (!text.lines().findFirst().orElse("").contains(expected)) {
            tally.error(text.lines().findFirst().orElse("no answer"));
            close();
            return;
        }
        decoder = wish.transport().decoder(text.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked"));
        if (wish.transport() == Transport.WEBSOCKET) {
            send(
                    FINAL_TEXT,
                    ByteBufUtil.writeUtf8(Objects.requireNonNull(context).alloc(), wish.subscribe()));
        }
        in.clear();
        decoder.read(all.skipBytes(end + HEAD_END.length), this);
    }

    private void send(int opcode, ByteBuf payload) {
        ChannelHandlerContext at = Objects.requireNonNull(context);
        int size = payload.readableBytes();
        ByteBuf frame = at.alloc().buffer(size + 14).writeByte(opcode);
        if (size < 126) {
            frame.writeByte(MASKED | size);
        } else {
            frame.writeByte(MASKED | 126).writeShort(size);
        }
        at.writeAndFlush(frame.writeInt(NO_MASK).writeBytes(payload));
        payload.release();
    }

    @Override
    public void message(ByteBuf bytes, int from, int to) {
        if (wish.marked() && Mark.read(bytes, from, to, this)) {
            return;
        }
        String text = bytes.toString(from, to - from, StandardCharsets.UTF_8);
        if (text.startsWith("{\"type\":\"SUBSCRIBED\"")) {
            subscribed(text);
        } else if (text.startsWith("{\"type\":\"RESET\"")) {
            tally.resets++;
        } else if (text.startsWith("{\"type\":\"ERROR\"")) {
            tally.error(text);
            close();
        } else if (TOLD.stream().anyMatch(text::startsWith)) {
            tally.told(text, nowUs);
        }
    }

    private void subscribed(String text) {
        if (text.contains("\"rejected\"")) {
            tally.error(text);
            close();
        } else if (!subscribed) {
            subscribed = true;
            if (wish.stalls() && context != null) {
                context.channel().config().setAutoRead(false);
            }
            listener.subscribed(this);
        }
    }

    @Override
    public void marked(int channel, long number, long dueUs) {
        for (Order order : orders) {
            if (order.channel() == channel) {
                tally.delivered(order.take(number), dueUs, nowUs);
                return;
            }
        }
        tally.error("a message of channel %d, which was not asked for".formatted(channel));
    }

    @Override
    public void ping(ByteBuf bytes, int from, int to) {
        send(FINAL_PONG, bytes.copy(from, to - from));
    }

    @Override
    public void ended(int code) {
        tally.ended(code);
        gone();
        close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext from) {
        if (decoder != null) {
            decoder.close();
        }
        head.take();
        gone();
        tally.endTurn();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
        tally.error(cause.toString());
        from.close();
    }

    private void gone() {
        if (!gone) {
            gone = true;
            listener.gone(this, subscribed);
        }
    }
}
