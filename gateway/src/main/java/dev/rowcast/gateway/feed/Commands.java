package dev.rowcast.gateway.feed;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.channel.MembersOnly;
import dev.rowcast.gateway.channel.Target;
import dev.rowcast.gateway.channel.Upstream;
import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Broadcast;
import dev.rowcast.schemas.avro.Detach;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.avro.Unsubscribe;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.RequestHeader;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this node asks of the topology, sent in order by one thread, so that event loops never wait for Kafka.
///
/// The node counts who of its connections wants what, and tells the topology only of the last one that leaves.
@SuppressWarnings("FutureReturnValueIgnored") // the callback sees failures
final class Commands implements Upstream, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Commands.class);
    private static final int LONGEST_QUEUE = 65_536;
    /// Broadcasts that Kafka has not confirmed, together. Less than the producer's buffer holds, so that subscriptions
    /// never wait for room because of them.
    private static final int MOST_BROADCAST_CHARS = 4 << 20;
    /// As many are looked at together.
    private static final int MOST_AT_ONCE = 10_000;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(1);

    /// What the topology knows as one subscription of this node: a channel, whoever listens there, or what one
    /// principal has of a channel with members or presence, or of an entity.
    private record Interest(TenantId tenant, Optional<dev.rowcast.gateway.auth.Principal> principal, Target target) {}

    private final Node node;
    private final MembersOnly membersOnly;
    private final Placement placement;
    private final Producer<String, GatewayCommand> producer;
    private final Mailbox<Runnable> queue = new Mailbox<>(LONGEST_QUEUE);
    private final Map<Interest, Integer> interests = new HashMap<>();
    private final Asks asks = new Asks(new AskSender());
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong broadcastChars = new AtomicLong();
    private final Thread thread;
    private volatile int home = -1;
    private volatile boolean closed;

    Commands(Node node, String bootstrapServers, TopicSerdes serdes, MembersOnly membersOnly, Placement placement) {
        this.node = node;
        this.membersOnly = membersOnly;
        this.placement = placement;
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "rowcast-gateway-commands",
                        ProducerConfig.LINGER_MS_CONFIG,
                        0,
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        30_000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        10_000,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        5_000),
                new StringSerializer(),
                serdes.value(Topics.COMMANDS).serializer());
        this.thread = Thread.ofPlatform().name("rowcast-commands").daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    boolean isAlive() {
        return thread.isAlive();
    }

    @Override
    public long nextRequest() {
        return requests.incrementAndGet();
    }

    @Override
    public int partition(TenantId part) {
        return placement.partition(part);
    }

    @Override
    public boolean subscribe(Ask ask) {
        return queue.offer(() -> {
            if (!ask.again()) {
                count(ask.identity(), ask.targets());
            }
            asks.add(ask, System.nanoTime());
        });
    }

    @Override
    public boolean join(Identity identity, Collection<Target> targets) {
        List<Target> joined = List.copyOf(targets);
        return queue.offer(() -> count(identity, joined));
    }

    @Override
    public Together together(long number) {
        return asks.together(number);
    }

    /// The topology answered this request; from any thread.
    void answered(long number) {
        // When there is no room, those who wait for it go on after a moment.
        queue.offer(() -> asks.answered(number));
    }

    private void count(Identity identity, Collection<Target> targets) {
        targets.forEach(target -> interests.merge(interest(identity, target), 1, Integer::sum));
    }

    @Override
    public void release(Identity identity, Collection<Target> targets) {
        if (targets.isEmpty()) {
            return;
        }
        List<Target> released = List.copyOf(targets);
        boolean taken = queue.offer(() -> {
            List<Target> unwanted = new ArrayList<>();
            for (Target target : released) {
                if (interests.computeIfPresent(
                                interest(identity, target), (interest, count) -> count == 1 ? null : count - 1)
                        == null) {
                    unwanted.add(target);
                }
            }
            if (!unwanted.isEmpty()) {
                send(identity.tenant(), new Unsubscribe(principal(identity.principal()), avro(unwanted)));
            }
        });
        if (!taken) {
            // Costs traffic that nobody here wants until the node ends, and nothing else.
            log.atWarn().addKeyValue("targets", released.size()).log("Release dropped, too many commands wait");
        }
    }

    @Override
    public boolean broadcast(Identity identity, long number, String connection, String channel, String json) {
        int size = json.length() + channel.length();
        if (broadcastChars.addAndGet(size) > MOST_BROADCAST_CHARS
                || !queue.offer(() -> send(
                        identity.tenant(),
                        new Broadcast(number, principal(identity.principal()), channel, json),
                        Optional.of(connection),
                        () -> broadcastChars.addAndGet(-size)))) {
            broadcastChars.addAndGet(-size);
            return false;
        }
        return true;
    }

    /// Makes the node known in every partition, or renews its lease there.
    ///
    /// @param newHome the partition of `rowcast.deliveries` that the node reads
    void attach(int newHome, Duration lease) {
        home = newHome;
        enqueue(() -> everywhere(new Attach(lease.toMillis())));
    }

    /// The node leaves; nothing is sent after this.
    @Override
    public void close() {
        if (home >= 0) {
            enqueue(() -> everywhere(new Detach()));
        }
        closed = true;
        try {
            thread.join(CLOSE_WITHIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(CLOSE_WITHIN);
    }

    private void enqueue(Runnable command) {
        if (!queue.offer(command)) {
            log.atWarn().log("Attach dropped, too many commands wait");
        }
    }

    private void run() {
        while (!closed || !queue.isEmpty()) {
            try {
                Optional<Runnable> command = queue.poll(POLL);
                for (int i = 0; command.isPresent(); i++) {
                    run(command.get());
                    command = i < MOST_AT_ONCE ? queue.poll() : Optional.empty();
                }
                run(() -> asks.flush(System.nanoTime()));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void run(Runnable command) {
        try {
            command.run();
        } catch (RuntimeException e) {
            // The asker gets NOT_READY when no answer comes; attaching is repeated anyway.
            log.atWarn().addKeyValue("cause", e.toString()).log("Command not sent");
        }
    }

    /// Sends what [Asks] put together.
    private final class AskSender implements Asks.Sender {

        @Override
        public boolean wanted(Identity identity, Target target) {
            return interests.containsKey(interest(identity, target));
        }

        @Override
        public void send(Asks.Command command) {
            List<Principal> principals =
                    command.principals().stream().map(Commands::principal).toList();
            Commands.this.send(
                    command.tenant(),
                    new Subscribe(
                            command.request(),
                            principals.getFirst(),
                            avro(command.targets()),
                            new dev.rowcast.schemas.avro.Start(command.epoch().value(), command.start()),
                            principals.subList(1, principals.size()),
                            command.keysOnly()),
                    Optional.of(command.connection()),
                    () -> {});
        }
    }

    private void everywhere(Object body) {
        for (int partition = 0; partition < Topics.COMMANDS.partitions(); partition++) {
            send(partition, node.id(), body, Optional.empty(), () -> {});
        }
    }

    private void send(TenantId tenant, Object body) {
        send(tenant, body, Optional.empty(), () -> {});
    }

    private void send(TenantId tenant, Object body, Optional<String> connection, Runnable afterwards) {
        send(partition(tenant), tenant.value(), body, connection, afterwards);
    }

    /// @param connection who asked for it; empty for what the node does by itself
    /// @param afterwards run when it was sent, or could not be
    private void send(int partition, String key, Object body, Optional<String> connection, Runnable afterwards) {
        GatewayCommand command =
                new GatewayCommand(node.id(), home, ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now()), body);
        List<Header> headers = connection.map(RequestHeader::of).stream().toList();
        var record = new ProducerRecord<>(Topics.COMMANDS.name(), partition, key, command, headers);
        try {
            producer.send(record, (sent, failure) -> {
                afterwards.run();
                if (failure != null) {
                    log.atWarn().addKeyValue("cause", failure.toString()).log("Command not sent");
                }
            });
        } catch (RuntimeException e) {
            afterwards.run(); // no callback comes when there is no schema
            throw e;
        }
    }

    private Interest interest(Identity identity, Target target) {
        return new Interest(
                identity.tenant(),
                membersOnly.isByPrincipal(target) ? Optional.of(identity.principal()) : Optional.empty(),
                target);
    }

    private static Principal principal(dev.rowcast.gateway.auth.Principal principal) {
        PrincipalKind kind = switch (principal.kind()) {
            case USER -> PrincipalKind.USER;
            case KEY -> PrincipalKind.KEY;
            case ANONYMOUS -> PrincipalKind.ANONYMOUS;
        };
        return new Principal(principal.id(), kind);
    }

    private static List<dev.rowcast.schemas.avro.Target> avro(List<Target> targets) {
        return targets.stream()
                .map(target -> new dev.rowcast.schemas.avro.Target(
                        target.kind() == Target.Kind.CHANNEL ? TargetKind.CHANNEL : TargetKind.ENTITY,
                        target.name(),
                        target.filter()))
                .toList();
    }
}
