package dev.rowcast.gateway.support;

import dev.rowcast.schemas.avro.Admission;
import dev.rowcast.schemas.avro.Admitted;
import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Broadcast;
import dev.rowcast.schemas.avro.Broadcasted;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Detach;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Progress;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.avro.Unsubscribe;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.RequestHeader;
import dev.rowcast.schemas.topic.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// The other side of the contract: keeps a log of changes a partition and answers gateways as the topology does, over
/// the real topics.
@SuppressWarnings("FutureReturnValueIgnored") // a record that is not sent fails the test that waits for it
public final class TopologyStandIn implements AutoCloseable {

    private static final int PARTITIONS = Topics.CHANGES.partitions();
    /// Which partition a tenant is in, or a part of tenant `split`.
    public static final Placement PLACEMENT = Placement.of(Stage.catalog("any"));

    private static final List<Principal> EVERYBODY = List.of(
            new Principal("user-1", PrincipalKind.USER),
            new Principal("user-2", PrincipalKind.USER),
            new Principal("key-demo", PrincipalKind.KEY),
            new Principal("key-other", PrincipalKind.KEY),
            new Principal("anonymous", PrincipalKind.ANONYMOUS));

    private record Lease(String node, int partition) {}

    /// One change of a tenant.
    public record Change(String tenant, long offset, List<Frame> frames) {}

    private final CursorCodec cursors;
    private final KafkaProducer<String, Delivery> producer;
    private final KafkaConsumer<String, GatewayCommand> consumer;
    private final Map<Integer, List<Change>> logs = new HashMap<>();
    private final long[] last = new long[PARTITIONS];
    private final Map<String, Integer> homes = new ConcurrentHashMap<>();
    private final Set<Lease> leases = ConcurrentHashMap.newKeySet();
    private final List<GatewayCommand> commands = new ArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    /// The tenants, or parts of tenants, in which something was asked for, by target.
    private final Map<String, List<String>> askedIn = new HashMap<>();
    private final Set<String> forbidden = ConcurrentHashMap.newKeySet();
    private final Set<Integer> frozen = ConcurrentHashMap.newKeySet();
    /// Channel to principal to what it may have of the past; of channels with members.
    private final Map<String, Map<Principal, List<Span>>> members = new ConcurrentHashMap<>();
    private final Map<Long, Revoked> revocations = new HashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean silent;
    private volatile int ignored = -1;
    private volatile boolean resetting;
    private volatile boolean holding;
    private volatile long trimmedBefore = -1;
    private volatile long readAgainUpTo = Long.MAX_VALUE;
    private Epoch epoch = new Epoch(7);

    public TopologyStandIn(String bootstrapServers, String registryUrl, String cursorSecret) {
        TopicSerdes serdes = new TopicSerdes(new RegistryClient(registryUrl));
        this.cursors = new CursorCodec(cursorSecret);
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
                new StringSerializer(),
                serdes.value(Topics.DELIVERIES).serializer());
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "latest"),
                new StringDeserializer(),
                serdes.value(Topics.COMMANDS).deserializer());
        List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(Topics.COMMANDS.name(), partition))
                .toList();
        consumer.assign(all);
        consumer.seekToEnd(all);
        all.forEach(consumer::position);
        this.thread = Thread.ofPlatform().daemon().name("topology").start(this::run);
    }

    private void run() {
        try (consumer) {
            long progressAt = 0;
            while (!closed) {
                for (ConsumerRecord<String, GatewayCommand> record : consumer.poll(Duration.ofMillis(50))) {
                    RequestHeader.in(record.headers()).ifPresent(requests::add);
                    answer(record.partition(), record.key(), record.value());
                }
                if (System.nanoTime() > progressAt) {
                    progressAt = System.nanoTime() + Duration.ofSeconds(1).toNanos();
                    progress(0);
                }
            }
        } catch (WakeupException e) {
            // closed
        }
    }

    private synchronized void answer(int partition, String key, GatewayCommand command) {
        commands.add(command);
        switch (command.getBody()) {
            case Attach attach when partition == ignored -> {}
            case Attach attach -> {
                homes.put(command.getNode(), command.getHome());
                boolean known = !leases.add(new Lease(command.getNode(), partition));
                send(command.getNode(), null, partition, last[partition], new Attached(known));
            }
            case Detach detach -> leases.remove(new Lease(command.getNode(), partition));
            case Subscribe subscribe -> {
                subscribe
                        .getTargets()
                        .forEach(target -> askedIn.computeIfAbsent(target.getName(), unseen -> new ArrayList<>())
                                .add(key));
                if (holding) {
                    held.add(() -> subscribe(command.getNode(), key, partition, subscribe));
                } else {
                    subscribe(command.getNode(), key, partition, subscribe);
                }
            }
            case Broadcast broadcast ->
                nodes().forEach(node -> send(
                        node,
                        key,
                        partition,
                        last[partition],
                        new Broadcasted(
                                broadcast.getChannel(),
                                broadcast.getPrincipal().getKind() == PrincipalKind.USER
                                        ? broadcast.getPrincipal().getId()
                                        : "",
                                broadcast.getPayload(),
                                node.equals(command.getNode()) ? broadcast.getRequest() : null)));
            default -> {}
        }
    }

    private void subscribe(String node, String tenant, int partition, Subscribe subscribe) {
        if (silent || !leases.contains(new Lease(node, partition))) {
            return;
        }
        long current = Math.min(last[partition], readAgainUpTo);
        List<Admission> admissions = admissions(subscribe, current);
        Map<Boolean, List<Target>> allowed = new HashMap<>(Map.of(true, new ArrayList<>(), false, new ArrayList<>()));
        for (Target target : subscribe.getTargets()) {
            boolean open = !hasMembers(target)
                    || admissions.stream().anyMatch(each -> each.getTarget().equals(target));
            allowed.get(open && !forbidden.contains(target.getName())).add(target);
        }
        if (subscribe.getTargets().stream().anyMatch(TopologyStandIn::hasMembers)) {
            send(node, tenant, partition, current, new Admitted(subscribe.getRequest(), admissions));
        }
        if (resetting || subscribe.getStart().getOffset() < trimmedBefore) {
            send(
                    node,
                    tenant,
                    partition,
                    current,
                    new Reset(
                            subscribe.getRequest(),
                            subscribe.getOthers().isEmpty() ? subscribe.getPrincipal() : null,
                            ResetReason.TRIMMED,
                            allowed.get(true)));
        } else {
            for (Change change : logs.getOrDefault(partition, List.of())) {
                if (change.offset() > subscribe.getStart().getOffset()
                        && change.offset() <= current
                        && change.tenant().equals(tenant)
                        && matches(change, allowed.get(true))) {
                    send(
                            node,
                            tenant,
                            partition,
                            change.offset(),
                            new Frames(subscribe.getRequest(), cursor(tenant, change.offset()), change.frames()));
                }
            }
        }
        send(
                node,
                tenant,
                partition,
                current,
                new Subscribed(subscribe.getRequest(), cursor(tenant, current), allowed.get(true), allowed.get(false)));
    }

    private static boolean hasMembers(Target target) {
        return target.getName().startsWith("room:");
    }

    private List<Admission> admissions(Subscribe subscribe, long current) {
        List<Principal> principals = new ArrayList<>(List.of(subscribe.getPrincipal()));
        principals.addAll(subscribe.getOthers());
        List<Admission> admissions = new ArrayList<>();
        for (Target target : subscribe.getTargets()) {
            Map<Principal, List<Span>> known = members.getOrDefault(target.getName(), Map.of());
            principals.stream().filter(who -> isMember(known.get(who))).forEach(principal -> {
                List<Span> spans = new ArrayList<>(known.get(principal));
                Span last = spans.removeLast();
                spans.add(new Span(last.getAfter(), current));
                admissions.add(new Admission(principal, target, spans));
            });
        }
        return admissions;
    }

    private static boolean isMember(List<Span> spans) {
        return spans != null && spans.getLast().getUntil() == Long.MAX_VALUE;
    }

    /// Lets a user into a channel with members, from now on.
    ///
    /// @param before when it was a member before; what is known of that, when none is given
    public synchronized void grant(String channel, String user, Span... before) {
        Map<Principal, List<Span>> known = members.computeIfAbsent(channel, unseen -> new ConcurrentHashMap<>());
        Principal principal = new Principal(user, PrincipalKind.USER);
        if (before.length == 0 && isMember(known.get(principal))) {
            return;
        }
        List<Span> spans =
                new ArrayList<>(before.length > 0 ? List.of(before) : known.getOrDefault(principal, List.of()));
        spans.add(new Span(last("demo"), Long.MAX_VALUE));
        known.put(principal, spans);
    }

    /// Commits that the user is no member any more, and tells every node.
    ///
    /// @return the offset
    public synchronized long revoke(String channel, String user) {
        Principal principal = new Principal(user, PrincipalKind.USER);
        long offset = ++last[partition("demo")];
        List<Span> spans =
                members.getOrDefault(channel, new ConcurrentHashMap<>()).get(principal);
        if (isMember(spans)) {
            spans.add(new Span(spans.removeLast().getAfter(), offset));
        }
        Revoked revoked = new Revoked(principal, List.of(new Target(TargetKind.CHANNEL, channel, "")));
        revocations.put(offset, revoked);
        tell("demo", revoked);
        return offset;
    }

    /// Whether the user was a member when this was committed.
    public synchronized boolean wasMember(String channel, String user, long offset) {
        return members
                .getOrDefault(channel, Map.of())
                .getOrDefault(new Principal(user, PrincipalKind.USER), List.of())
                .stream()
                .anyMatch(span -> offset > span.getAfter() && offset <= span.getUntil());
    }

    /// Reads its input again from there and says once more what it said then.
    public synchronized void readAgain(String tenant, long from) {
        for (long offset = from; offset <= last(tenant); offset++) {
            long at = offset;
            Revoked revoked = revocations.get(at);
            if (revoked != null) {
                tell(tenant, at, revoked);
            }
            logs.getOrDefault(partition(tenant), List.of()).stream()
                    .filter(change -> change.offset() == at && change.tenant().equals(tenant))
                    .forEach(change -> deliver(tenant, at, change.frames()));
        }
    }

    /// From now on subscribing waits, until [#letGo].
    public synchronized void hold() {
        holding = true;
    }

    /// A sign that the replay of each request so far takes its time.
    public synchronized void replayOn() {
        for (GatewayCommand command : commands) {
            if (command.getBody() instanceof Subscribe subscribe) {
                replay(command, subscribe, List.of());
            }
        }
    }

    /// The first piece of what is told together, to each request so far that is from there.
    public synchronized void replayTogether(long start, List<Change> changes) {
        List<Frame> frames =
                changes.stream().flatMap(change -> change.frames().stream()).toList();
        for (GatewayCommand command : commands) {
            if (command.getBody() instanceof Subscribe subscribe
                    && subscribe.getStart().getOffset() == start) {
                replay(command, subscribe, frames);
            }
        }
    }

    private void replay(GatewayCommand command, Subscribe subscribe, List<Frame> frames) {
        long at = subscribe.getStart().getOffset();
        send(command.getNode(), "demo", partition("demo"), at, new Frames(subscribe.getRequest(), null, frames));
    }

    /// What was committed after there.
    public synchronized List<Change> after(String tenant, long offset) {
        return logs.getOrDefault(partition(tenant), List.of()).stream()
                .filter(change -> change.tenant().equals(tenant) && change.offset() > offset)
                .toList();
    }

    public synchronized void letGo() {
        holding = false;
        held.forEach(Runnable::run);
        held.clear();
    }

    private static boolean matches(Change change, List<Target> targets) {
        return change.frames().stream()
                .anyMatch(frame -> targets.stream()
                        .anyMatch(target -> frame.getFiltered().contains(target)
                                || (target.getFilter().isEmpty()
                                        && (frame.getChannels().contains(target.getName())
                                                || target.getName().equals(frame.getEntity())))));
    }

    /// Commits a change: remembered, and delivered to every node.
    ///
    /// @return its offset
    public synchronized long publish(String tenant, Frame... frames) {
        int partition = partition(tenant);
        long offset = ++last[partition];
        logs.computeIfAbsent(partition, unseen -> new ArrayList<>())
                .add(new Change(tenant, offset, at(offset, List.of(frames))));
        deliver(tenant, offset, List.of(frames));
        return offset;
    }

    /// Commits a change whose frame goes out in one record for each of these principals; only the last says that the
    /// change is whole.
    public synchronized void publishInParts(String tenant, Frame frame, List<Principal> principals) {
        int partition = partition(tenant);
        long offset = ++last[partition];
        for (Principal principal : principals) {
            boolean whole = principal.equals(principals.getLast());
            List<Frame> part = at(offset, List.of(to(List.of(principal), frame)));
            nodes().forEach(node -> send(
                    node,
                    tenant,
                    partition,
                    whole ? offset : offset - 1,
                    new Frames(null, whole ? cursor(tenant, offset) : null, part)));
        }
    }

    /// Delivers live frames at this offset.
    public synchronized void deliver(String tenant, long offset, List<Frame> frames) {
        nodes().forEach(node -> send(
                node, tenant, partition(tenant), offset, new Frames(null, cursor(tenant, offset), at(offset, frames))));
    }

    /// Sends this to every node, as it concerns a tenant.
    public synchronized void tell(String tenant, Object body) {
        tell(tenant, last(tenant), body);
    }

    /// The same, as of a position.
    public synchronized void tell(String tenant, long offset, Object body) {
        nodes().forEach(node -> send(node, tenant, partition(tenant), offset, body));
    }

    /// Another incarnation of the log begins, and every node is told.
    public synchronized void newEpoch() {
        epoch = new Epoch(epoch.value() + 1);
        logs.clear();
        Arrays.fill(last, 0);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (String node : nodes()) {
                send(node, null, partition, 0, new Reset(null, null, ResetReason.EPOCH, List.of()));
            }
        }
    }

    /// Every node's lease ends, in every partition.
    public synchronized void endLeases() {
        leases.clear();
    }

    /// Whether every node that has a home is known again.
    public synchronized boolean leasesAreBack() {
        return leases.size() >= PARTITIONS;
    }

    /// From now on subscribing is answered as by a topology that reads its input again and is there.
    public void readAgainUpTo(long offset) {
        readAgainUpTo = offset;
    }

    private Set<String> nodes() {
        return leases.stream().map(Lease::node).collect(Collectors.toSet());
    }

    public synchronized void progress(long lsn) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (String node : frozen.contains(partition) ? Set.<String>of() : nodes()) {
                send(node, null, partition, last[partition], new Progress(Math.max(1, lsn), nowUs()));
            }
        }
    }

    /// From now on the partition's task is stuck, until [#thaw].
    public void freeze(int partition) {
        frozen.add(partition);
    }

    public void thaw(int partition) {
        frozen.remove(partition);
    }

    /// What commands say that they follow from, in their order.
    public List<String> requests() {
        return List.copyOf(requests);
    }

    public synchronized List<GatewayCommand> commands() {
        return List.copyOf(commands);
    }

    /// Where a target was asked for.
    public synchronized List<String> askedIn(String target) {
        return List.copyOf(askedIn.getOrDefault(target, List.of()));
    }

    public long unsubscribed(String target) {
        return commands().stream()
                .filter(command -> command.getBody() instanceof Unsubscribe unsubscribe
                        && unsubscribe.getTargets().stream()
                                .anyMatch(each -> each.getName().equals(target)))
                .count();
    }

    public void forbid(String target) {
        forbidden.add(target);
    }

    /// Whether subscriptions get no answer.
    public void silent(boolean value) {
        silent = value;
    }

    /// From now on nodes are not attached to this partition; to all of them again with -1.
    public void ignore(int partition) {
        ignored = partition;
    }

    /// Whether every start is too old.
    public void resetting(boolean value) {
        resetting = value;
    }

    /// Starts before this offset are too old.
    public void trimBefore(long offset) {
        trimmedBefore = offset;
    }

    public String cursor(String tenant, long offset) {
        return cursors.encode(new TenantId(tenant), Cursor.at(epoch, partition(tenant), offset));
    }

    public synchronized long last(String tenant) {
        return last[partition(tenant)];
    }

    public static int partition(String tenant) {
        return PLACEMENT.partition(new TenantId(tenant));
    }

    /// A frame of an entity in a channel.
    public static Frame frame(String channel, String entity, String id, long version) {
        String keys = "{\"type\":\"INVALIDATE\",\"payload\":{\"entityCode\":\"%s\",\"changes\":[{\"entityId\":\"%s\","
                        .formatted(entity, id)
                + "\"action\":\"UPDATE\",\"version\":%d}],\"timestamp\":\"2026-01-01T00:00:00.000Z\"}}"
                        .formatted(version);
        String rows = "{\"type\":\"CHANGE\",\"payload\":{\"table\":\"public.%ss\",\"version\":%d}}"
                .formatted(entity, version);
        return new Frame(
                List.of(channel),
                List.of(),
                entity + ":" + id,
                EVERYBODY,
                0L,
                version,
                version,
                nowUs() - 2_000,
                nowUs() - 1_000,
                keys,
                rows);
    }

    /// A frame of an entity in a channel with a filter, in its canonical form.
    public static Frame filtered(String channel, String filter, String entity, String id, long version) {
        Frame frame = frame(channel, entity, id, version);
        return Frame.newBuilder(frame)
                .setChannels(List.of())
                .setFiltered(List.of(target(channel, filter)))
                .build();
    }

    public static Target target(String channel, String filter) {
        return new Target(TargetKind.CHANNEL, channel, filter);
    }

    /// The frame for other principals.
    public static Frame to(List<Principal> principals, Frame frame) {
        return copy(frame, principals, frame.getOffset());
    }

    private static List<Frame> at(long offset, List<Frame> frames) {
        return frames.stream()
                .map(frame -> copy(frame, frame.getPrincipals(), offset))
                .toList();
    }

    private static Frame copy(Frame frame, List<Principal> principals, long offset) {
        return new Frame(
                frame.getChannels(),
                frame.getFiltered(),
                frame.getEntity(),
                principals,
                offset,
                frame.getLsn(),
                frame.getXid(),
                frame.getCommitUs(),
                frame.getCapturedUs(),
                frame.getKeys(),
                frame.getRows());
    }

    private void send(String node, String tenant, int partition, long offset, Object body) {
        Integer home = homes.get(node);
        if (home != null && leases.contains(new Lease(node, partition))) {
            Delivery delivery = new Delivery(node, tenant, epoch.value(), partition, offset, nowUs(), body);
            producer.send(new ProducerRecord<>(Topics.DELIVERIES.name(), home, node, delivery));
        }
    }

    private static long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        consumer.wakeup();
        thread.join();
        producer.close(Duration.ofSeconds(1));
    }
}
