package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.ChannelType;
import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.filter.FilterException;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.explain.PartitionView;
import dev.rowcast.streams.explain.Who;
import dev.rowcast.streams.grants.Grants;
import dev.rowcast.streams.grants.Membership;
import dev.rowcast.streams.history.History;
import dev.rowcast.streams.history.Moment;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Routed;
import dev.rowcast.streams.route.Router;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/// What a partition knows, read by nobody but the stream thread, and never changed from here.
final class AudienceView implements PartitionView {

    private static final String INCARNATION = "epoch/";
    private static final String NUL = "\u0000";
    private static final String AFTER_NUL = "\u0001";

    private final ProcessorContext<Object, Object> context;
    private final Catalog catalog;
    private final Router router;
    private final Grants grants;
    private final Partition partition;
    private final KeyValueStore<String, Position> subscriptions;
    private final KeyValueStore<String, History<Membership>> memberships;

    AudienceView(
            ProcessorContext<Object, Object> context,
            Catalog catalog,
            Router router,
            Grants grants,
            Partition partition,
            KeyValueStore<String, Position> subscriptions,
            KeyValueStore<String, History<Membership>> memberships) {
        this.context = context;
        this.catalog = catalog;
        this.router = router;
        this.grants = grants;
        this.partition = partition;
        this.subscriptions = subscriptions;
        this.memberships = memberships;
    }

    @Override
    public int partition() {
        return context.taskId().partition();
    }

    @Override
    public State state() {
        long nowMs = context.currentSystemTimeMs();
        List<Node> nodes = new ArrayList<>();
        partition
                .nodes()
                .all()
                .forEach((name, attachment) -> nodes.add(new Node(
                        name,
                        attachment.home(),
                        attachment.leaseMs(),
                        partition.nodes().silentMs(name, nowMs))));
        nodes.sort(Comparator.comparing(Node::name));
        return new State(
                partition.current(),
                partition.settled(),
                partition.journal().floor(),
                partition.journal().size(),
                partition.subscriptions().size(),
                List.copyOf(nodes),
                incarnations());
    }

    private List<Position> incarnations() {
        KeyValueStore<String, Position> positions = context.getStateStore(AudienceProcessor.POSITIONS_STORE);
        List<KeyValue<Integer, Position>> found = new ArrayList<>();
        try (KeyValueIterator<String, Position> some = positions.range(INCARNATION, INCARNATION + ":")) {
            some.forEachRemaining(entry ->
                    found.add(KeyValue.pair(Integer.parseInt(entry.key.substring(INCARNATION.length())), entry.value)));
        }
        return found.stream()
                .sorted(Comparator.comparing(entry -> entry.key))
                .map(entry -> entry.value)
                .toList();
    }

    @Override
    public boolean waits(long offset) {
        OpenTransaction open = partition.open();
        return !open.isEmpty() && open.first() <= offset && offset <= open.last();
    }

    @Override
    public Routed route(TenantId tenant, Change change, Position at) {
        return router.route(tenant, change, partition.epochs().at(at));
    }

    @Override
    public boolean names(String table) {
        return catalog.tables().keySet().stream()
                .anyMatch(name -> name.toString().equals(table));
    }

    @Override
    public Optional<Access> access(String channel) {
        int colon = channel.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.ofNullable(catalog.channels().get(channel.substring(0, colon)))
                        .map(ChannelType::access);
    }

    @Override
    public List<Subscription> watching(TenantId tenant, TargetKind kind, String target, Optional<Who> who, int most) {
        Optional<Subscriber> one = who.map(each -> new Subscriber(each.kind(), each.id()));
        List<Subscription> found = new ArrayList<>();
        partition
                .subscriptions()
                .interest()
                .watching(
                        tenant,
                        kind,
                        target,
                        key -> one.isEmpty()
                                || key.subscriber().isEmpty()
                                || key.subscriber().equals(one),
                        most)
                .forEach((key, start) -> found.add(subscription(key, start)));
        return found;
    }

    @Override
    public Optional<String> narrowed(Routed.Told told, String channel, String filter) {
        try {
            Filter parsed = Filter.parse(filter);
            return told.images()
                    .flatMap(images -> Narrowed.of(images, told.audience(), channel, parsed))
                    .map(meaning -> meaning.action().name());
        } catch (FilterException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean hasEnded(TenantId tenant, Who who) {
        return who.kind() == PrincipalKind.KEY && grants.hasEnded(tenant, who.id());
    }

    @Override
    public Standing standing(TenantId tenant, Who who, String channel, Position at) {
        Optional<Access> access = access(channel);
        boolean open = switch (who.kind()) {
            case USER, KEY -> access.isPresent();
            case ANONYMOUS -> access.equals(Optional.of(Access.PUBLIC));
            case UNKNOWN -> false;
        };
        if (!open || !access.equals(Optional.of(Access.MEMBERS))) {
            Grant grant = open ? Grant.OPEN : Grant.CLOSED;
            return new Standing(access, grant, Optional.empty(), grant, Optional.empty(), List.of());
        }
        Moment then = partition.epochs().at(at);
        Map<String, History<Membership>> rows = grants.memberships(tenant, channel, who.id());
        Function<Moment, Optional<String>> role = moment -> rows.values().stream()
                .flatMap(history -> history.asOf(moment).certain().stream())
                .filter(said -> isOf(said, channel, who))
                .map(Membership::role)
                .min(Comparator.naturalOrder());
        Optional<String> roleThen = role.apply(then);
        Optional<String> roleNow = role.apply(grants.now());
        boolean forgotten = grants.isTooLongAgo(then)
                || rows.values().stream()
                        .anyMatch(history -> history.trimmed()
                                && history.entries().getFirst().at().compareTo(then) > 0);
        List<Stay> stays = new ArrayList<>();
        rows.forEach((row, history) -> stays.addAll(stays(row, history, channel, who)));
        stays.sort(Comparator.comparing(stay -> stay.since().orElse(-1L)));
        return new Standing(
                access,
                roleThen.isPresent() ? Grant.MEMBER : forgotten ? Grant.UNKNOWN : Grant.NOT_A_MEMBER,
                roleThen,
                roleNow.isPresent() ? Grant.MEMBER : Grant.NOT_A_MEMBER,
                roleNow,
                List.copyOf(stays));
    }

    private List<Stay> stays(String row, History<Membership> history, String channel, Who who) {
        List<Stay> stays = new ArrayList<>();
        for (int i = 0; i < history.entries().size(); i++) {
            History.Entry<Membership> entry = history.entries().get(i);
            if (entry.value().filter(said -> isOf(said, channel, who)).isPresent()) {
                Optional<Moment> end = i + 1 < history.entries().size()
                        ? Optional.of(history.entries().get(i + 1).at())
                        : Optional.empty();
                Optional<Long> until = end.flatMap(this::offset);
                if (end.isPresent() && until.isEmpty()) {
                    continue; // it was over before this incarnation of the log
                }
                stays.add(new Stay(row, entry.value().get().role(), offset(entry.at()), until));
            }
        }
        return stays;
    }

    private static boolean isOf(Membership said, String channel, Who who) {
        return said.channel().equals(channel) && said.principal().equals(who.id());
    }

    /// Offsets of an earlier incarnation of the log are of no use.
    private Optional<Long> offset(Moment moment) {
        return moment.generation() == grants.now().generation() ? Optional.of(moment.offset()) : Optional.empty();
    }

    @Override
    public Page<Subscription> subscriptions(String tenant, String after) {
        return page(
                subscriptions,
                tenant,
                after,
                (key, start) -> Optional.of(subscription(SubscriptionKey.decode(key), start)));
    }

    @Override
    public Page<Member> members(String tenant, String after) {
        TenantId id = new TenantId(tenant);
        return page(
                memberships,
                tenant,
                after,
                (key, history) -> Grants.row(key)
                        .flatMap(row -> history.asOf(grants.now())
                                .certain()
                                .map(said -> new Member(
                                        id,
                                        said.channel(),
                                        said.principal(),
                                        said.role(),
                                        row,
                                        history.since(grants.now()).flatMap(this::offset)))));
    }

    /// What an entry of a store says; empty when it is none that is asked for.
    private interface Reader<V, T> {
        Optional<T> read(String key, V value);
    }

    /// Both stores have the tenant first in their keys.
    private static <V, T> Page<T> page(
            KeyValueStore<String, V> store, String tenant, String after, Reader<V, T> reader) {
        List<T> found = new ArrayList<>();
        int looked = 0;
        try (KeyValueIterator<String, V> some =
                store.range(after.isEmpty() ? tenant + NUL : after + NUL, tenant + AFTER_NUL)) {
            while (some.hasNext()) {
                KeyValue<String, V> entry = some.next();
                looked++;
                reader.read(entry.key, entry.value).ifPresent(found::add);
                if (looked == SLICE) {
                    return new Page<>(found, looked, Optional.of(entry.key));
                }
            }
        }
        return new Page<>(found, looked, Optional.empty());
    }

    private Subscription subscription(SubscriptionKey key, Position start) {
        return new Subscription(
                key.tenant(),
                key.kind(),
                key.target(),
                key.filter(),
                key.node(),
                key.subscriber().map(who -> new Who(who.kind(), who.id())),
                start,
                partition.nodes().home(key.node()).isPresent());
    }
}
