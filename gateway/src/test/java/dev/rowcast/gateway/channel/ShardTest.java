package dev.rowcast.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.gateway.limit.Limits;
import dev.rowcast.gateway.support.TopologyStandIn;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.protocol.CloseCode;
import dev.rowcast.schemas.protocol.ServerMessage.Reset;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// What the connections of one event loop notice when something fails that should not.
class ShardTest {

    private static final TenantId TENANT = new TenantId("demo");
    private static final Identity ALICE =
            new Identity(TENANT, new Principal(Principal.Kind.USER, "user-1"), Optional.empty());
    private static final Target VAULT = Target.channel("vault:1");
    private static final Epoch EPOCH = new Epoch(7);
    /// An answer to a request of this number cannot be handled.
    private static final long POISON = -1;

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final Topology topology = new Topology();
    private final Shards shards;
    private long offset = 10;
    private int batches;

    ShardTest() throws Exception {
        Catalog catalog = Catalog.parse("test.yaml", """
                source: test
                tenancy: {column: site_id}
                channels: {vault: {access: tenant}}
                tables: {public.vaults: {entity: vault, channels: ["vault:{id}"]}}
                """);
        MeterRegistry meters = new SimpleMeterRegistry();
        Limits limits = Limits.DEFAULTS;
        shards = new Shards(new ShardServices(
                topology,
                new MembersOnly(catalog),
                Placement.of(catalog),
                new CursorCodec("a cursor secret for tests"),
                Said.CODEC,
                limits,
                new Census(meters),
                new Hops(meters),
                new DeliveryLog(),
                new Pressure(meters, limits.flow().nodeBytes()),
                Clock.systemUTC()));
        take(false);
    }

    @Test
    @DisplayName(
            "P3: a delivery that cannot be handled ends all connections, which come back, and the next one goes on")
    void aDeliveryThatCannotBeHandledEndsAllConnections() {
        Sheet one = subscribed();
        Sheet two = subscribed();
        int before = batches;

        take(false, answer(POISON), change("lost"));

        for (Sheet each : List.of(one, two)) {
            assertThat(each.text())
                    .contains("\"code\":\"INTERNAL\"", "retryAfterMs")
                    .doesNotContain("\"lost\"");
            assertThat(each.ended).contains(new CloseCause.Ours(CloseCode.INTERNAL));
        }
        assertThat(batches).isEqualTo(before + 1);
        Sheet later = subscribed();
        take(false, change("next"));
        assertThat(later.text()).contains("\"next\"");
        assertThat(later.ended).isEmpty();
    }

    @Test
    @DisplayName("P3: a connection that cannot be written to ends, and the tenant's others are told on")
    void aConnectionThatCannotBeWrittenToEndsAlone() {
        Sheet broken = subscribed();
        Sheet whole = subscribed();
        broken.isBroken = true;

        take(false, change("first"));
        take(false, change("second"));

        assertThat(whole.text()).contains("\"first\"", "\"second\"");
        assertThat(whole.ended).isEmpty();
        assertThat(broken.ended).contains(new CloseCause.Ours(CloseCode.INTERNAL));
    }

    @Test
    @DisplayName("P3: who cannot be asked for again is told why before the stream ends")
    void whoCannotBeAskedForAgainIsToldWhy() {
        Sheet sheet = subscribed();
        topology.isFull = true;

        take(true);

        assertThat(sheet.text()).contains("event: ERROR", "\"code\":\"OVERLOADED\"", "retryAfterMs");
        assertThat(sheet.ended).contains(new CloseCause.Ours(CloseCode.OVERLOADED));
    }

    private Sheet subscribed() {
        Sheet sheet = new Sheet();
        Connection connection = shards.join("c", ALICE, Form.SSE_PLAIN, sheet, () -> {});
        shards.turn(
                channel.eventLoop(),
                () -> connection.subscribe(Set.of(VAULT), new Wish(false, false), Optional.empty(), new Unheard()));
        if (!topology.asked.isEmpty()) {
            take(false, answer(topology.asked.removeLast()));
        }
        return sheet;
    }

    private void take(boolean newHome, Object... bodies) {
        Progress here = new Progress(EPOCH, offset, 1, 1);
        List<Arrival> arrivals = Arrays.stream(bodies)
                .map(body -> Arrival.of(new Delivery("node", TENANT.value(), EPOCH.value(), 0, offset, 1L, body)))
                .toList();
        shards.offer(arrivals, Map.of(0, here), newHome, () -> batches++);
        for (int i = 0; i < 10; i++) {
            channel.runPendingTasks();
            channel.runScheduledPendingTasks();
        }
    }

    private static Subscribed answer(long request) {
        return new Subscribed(request, "cursor", List.of(TopologyStandIn.target("vault:1", "")), List.of());
    }

    private Frames change(String entity) {
        offset++;
        Frame like = TopologyStandIn.frame("vault:1", "source", entity, offset);
        Frame frame = new Frame(
                like.getChannels(),
                like.getFiltered(),
                like.getEntity(),
                like.getPrincipals(),
                offset,
                like.getLsn(),
                like.getXid(),
                like.getCommitUs(),
                like.getCapturedUs(),
                like.getKeys(),
                like.getRows());
        return new Frames(null, "cursor", List.of(frame));
    }

    /// Where a connection's bytes go.
    private final class Sheet implements Wire {
        private final StringBuilder text = new StringBuilder();
        private Optional<CloseCause> ended = Optional.empty();
        private boolean isBroken;

        String text() {
            return text.toString();
        }

        @Override
        public EventLoop loop() {
            return channel.eventLoop();
        }

        @Override
        public ByteBufAllocator alloc() {
            return UnpooledByteBufAllocator.DEFAULT;
        }

        @Override
        public void write(ByteBuf bytes) {
            String said = bytes.toString(StandardCharsets.UTF_8);
            bytes.release();
            if (isBroken) {
                throw new IllegalStateException("broken");
            }
            text.append(said);
        }

        @Override
        public void flush() {}

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        public void end(Form form, CloseCause cause, Duration linger) {
            ended = Optional.of(cause);
        }

        @Override
        public void cut(CloseCause cause) {
            ended = Optional.of(cause);
        }

        @Override
        public void whenClosed(Runnable closed) {}
    }

    /// Takes every request and answers none by itself.
    private static final class Topology implements Upstream {
        private final List<Long> asked = new ArrayList<>();
        private boolean isFull;
        private long requests;

        @Override
        public long nextRequest() {
            return ++requests;
        }

        @Override
        public boolean subscribe(Ask ask) {
            asked.add(ask.request());
            return !isFull;
        }

        @Override
        public boolean join(Identity identity, Collection<Target> targets) {
            return true;
        }

        @Override
        public Together together(long number) {
            if (number == POISON) {
                throw new IllegalStateException("poison");
            }
            return new Together(List.of(number), 0);
        }

        @Override
        public void release(Identity identity, Collection<Target> targets) {}

        @Override
        public boolean broadcast(Identity identity, long number, String connection, String channel, String json) {
            return true;
        }

        @Override
        public int partition(TenantId part) {
            return 0;
        }
    }

    private record Unheard() implements Answers {
        @Override
        public void subscribed(Optional<String> cursor, Collection<Target> accepted, Collection<Target> rejected) {}

        @Override
        public void reset(Reset.Reason reason, Collection<Target> targets) {}

        @Override
        public void expired() {}
    }
}
