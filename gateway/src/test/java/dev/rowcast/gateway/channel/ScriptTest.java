package dev.rowcast.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// What connections are told, as one piece.
class ScriptTest {

    private static final ByteBufAllocator ALLOC = PooledByteBufAllocator.DEFAULT;

    private static String text(ByteBuf piece) {
        String text = piece.toString(StandardCharsets.UTF_8);
        piece.release();
        return text;
    }

    @Test
    void whoAreToldTheSameAreAtTheSameScriptAndShareTheBytes() {
        Script nothing = Script.empty();
        Rendered message = Said.change("1", Action.UPDATE, 1, true, true);
        Rendered other = Said.change("2", Action.UPDATE, 2, true, true);

        Script one = nothing.then(message, false, false).then(other, false, true);
        Script two = nothing.then(message, false, false).then(other, false, true);
        one.enter();
        two.enter();

        assertThat(one).isSameAs(two);
        ByteBuf first = one.bytes(ALLOC, Form.SSE_CHUNKED);
        ByteBuf second = one.bytes(ALLOC, Form.SSE_CHUNKED);
        assertThat(first.memoryAddress()).isEqualTo(second.memoryAddress());
        one.leave();
        ByteBuf third = one.bytes(ALLOC, Form.SSE_CHUNKED);
        assertThat(third.memoryAddress()).isEqualTo(first.memoryAddress());
        one.leave();
        assertThat(text(first)).isEqualTo(text(second)).isEqualTo(text(third));
    }

    @Test
    void aTurnIsOneChunk() {
        Script script = Script.empty()
                .then(Said.own("a"), false, false)
                .then(Said.change("1", Action.UPDATE, 7, true, true), true, true);

        String text = text(script.bytes(ALLOC, Form.SSE_CHUNKED));

        String body = text.substring(text.indexOf("\r\n") + 2, text.length() - 2);
        assertThat(Integer.parseInt(text.substring(0, text.indexOf("\r\n")), 16))
                .isEqualTo(body.getBytes(StandardCharsets.UTF_8).length);
        assertThat(body).isEqualTo("""
                event: PONG
                data: {"type":"PONG","id":"a"}

                event: CHANGE
                id: 7
                data: {"type":"CHANGE","payload":{"row":"1","eventType":"UPDATE","at":7},"cursor":"7"}

                """);
        assertThat(text(script.bytes(ALLOC, Form.SSE_PLAIN))).isEqualTo(body);
    }

    @Test
    void theCursorIsAddedToTheLastMessageOnly() {
        Script script = Script.empty()
                .then(Said.change("1", Action.UPDATE, 1, true, true), false, false)
                .then(Said.change("2", Action.UPDATE, 2, true, true), false, false);
        script.enter();

        assertThat(script.cursor()).isEmpty();
        assertThat(script.withCursor()).isSameAs(script.withCursor());
        assertThat(script.withCursor().cursor()).contains("2");
        assertThat(Said.texts(script.withCursor().bytes(ALLOC, Form.WEBSOCKET)))
                .satisfiesExactly(
                        first -> assertThat(first).doesNotContain("cursor"),
                        second -> assertThat(second).endsWith("\"cursor\":\"2\"}"));
    }

    @Test
    void manyConnectionsAreToldWhatAModelTellsThem() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Script nothing = Script.empty();
        int connections = 40;
        Script[] at = new Script[connections];
        List<List<String>> model = new ArrayList<>();
        for (int c = 0; c < connections; c++) {
            at[c] = nothing;
            nothing.enter();
            model.add(new ArrayList<>());
        }
        for (int round = 0; round < 3_000; round++) {
            Rendered message = Said.change("e" + random.nextInt(5), Action.UPDATE, round, true, true);
            for (int c = 0; c < connections; c++) {
                int choice = random.nextInt(10);
                boolean rows = random.nextInt(4) == 0;
                boolean cursored = random.nextBoolean();
                Script next = at[c];
                if (choice < 6) {
                    next = at[c].then(message, rows, cursored);
                    model.get(c).add(json(message, rows, cursored));
                } else if (choice == 6 && !model.get(c).isEmpty()) {
                    next = at[c].replacingLast(message, rows);
                    model.get(c).removeLast();
                    model.get(c).add(json(message, rows, false));
                } else if (choice == 7 && !at[c].isEmpty()) {
                    assertThat(Said.texts(at[c].bytes(ALLOC, Form.WEBSOCKET))).isEqualTo(model.get(c));
                    next = nothing;
                    model.get(c).clear();
                }
                next.enter();
                at[c].leave();
                at[c] = next;
            }
        }
        for (Script script : at) {
            script.leave();
        }
    }

    private static String json(Rendered message, boolean rows, boolean cursored) {
        byte[] bytes = message.bytes(Form.SSE_PLAIN, rows, cursored);
        String event = new String(bytes, StandardCharsets.UTF_8);
        return event.substring(event.indexOf("data: ") + 6, event.length() - 2);
    }
}
