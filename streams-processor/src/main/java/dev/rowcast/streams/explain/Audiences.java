package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Partitions;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.explain.AskException.Code;
import dev.rowcast.streams.explain.PartitionView.Member;
import dev.rowcast.streams.explain.PartitionView.Page;
import dev.rowcast.streams.explain.PartitionView.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/// Who is attached, subscribed and let in, as the tasks of this instance know it. Safe for use by several threads.
public final class Audiences {

    /// As many entries of each kind are answered at most.
    public static final int MOST = 1_000;
    /// As many are looked at at most, a thousand in a turn of the task.
    static final int MOST_LOOKED_AT = 20_000;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ToIntFunction<String> partitions;
    private final Desk desk;
    private final Instances instances;

    public Audiences(Desk desk, Instances instances) {
        this(key -> Partitions.of(key, Topics.CHANGES.partitions()), desk, instances);
    }

    /// @param partitions where a key of `rowcast.changes` is
    public Audiences(ToIntFunction<String> partitions, Desk desk, Instances instances) {
        this.partitions = partitions;
        this.desk = desk;
        this.instances = instances;
    }

    /// @param partitions that are processed here
    /// @param elsewhere base URLs of the other instances, as far as they say them
    public record Overview(List<PartitionAnswer> partitions, List<String> elsewhere) {}

    /// @param position the last record that was processed
    /// @param told up to where nodes have everything
    /// @param journalFrom replays from this offset on are served from memory
    public record PartitionAnswer(
            int partition,
            String epoch,
            long position,
            long told,
            long journalFrom,
            int journalChanges,
            int subscriptions,
            List<NodeAnswer> nodes) {}

    /// A gateway node with a lease.
    ///
    /// @param home the partition of `rowcast.deliveries` that it reads
    public record NodeAnswer(String node, int home, long leaseMs, long silentMs) {}

    /// @param position what the answer is as of
    /// @param complete whether that is all; otherwise narrow the question
    public record TenantAnswer(
            String tenant,
            int partition,
            long position,
            List<SubscriptionAnswer> subscriptions,
            List<MemberAnswer> members,
            boolean complete) {}

    /// @param principal absent where a node has one subscription for all its listeners
    /// @param filter the columns that it is on
    /// @param startsAfter the offset after which it is told what comes
    public record SubscriptionAnswer(
            String target,
            String kind,
            String node,
            boolean nodeAttached,
            @Nullable String principal,
            @Nullable String filter,
            long startsAfter) {}

    /// @param principal a user's `sub`, or a key's id
    /// @param row the key of the row in the members table
    /// @param sinceOffset absent when it began in an earlier incarnation of the log
    public record MemberAnswer(
            String channel,
            String principal,
            @Nullable String role,
            String row,
            @Nullable Long sinceOffset) {}

    /// What to tell of a tenant.
    ///
    /// @param channel only of this channel
    /// @param principal only of this one, as `user:alice`
    /// @param node only of this one
    /// @param most how many of each kind, 1 to [#MOST]
    public record Wish(Optional<String> channel, Optional<String> principal, Optional<String> node, int most) {
        public Wish {
            if (most < 1 || most > MOST) {
                throw new AskException(Code.INVALID_PARAMETER, "limit must be 1 to %d, not %d".formatted(MOST, most));
            }
        }
    }

    public Overview overview() {
        List<PartitionAnswer> partitions = new ArrayList<>();
        for (int partition : desk.partitions()) {
            PartitionView.State state = desk.ask(partition, PATIENCE, view -> Optional.of(view.state()));
            partitions.add(new PartitionAnswer(
                    partition,
                    "%016x".formatted(state.current().epoch()),
                    state.current().offset(),
                    state.settled().offset(),
                    state.journalFloor(),
                    state.journalChanges(),
                    state.subscriptions(),
                    state.nodes().stream()
                            .map(node -> new NodeAnswer(node.name(), node.home(), node.leaseMs(), node.silentMs()))
                            .toList()));
        }
        return new Overview(List.copyOf(partitions), instances.others());
    }

    /// @param tenant as it is in the key of `rowcast.changes`
    /// @throws AskException when it is none, or its partition is not processed here
    public TenantAnswer tenant(String tenant, Wish wish) {
        try {
            new TenantId(tenant);
        } catch (IllegalArgumentException e) {
            throw new AskException(Code.INVALID_TENANT, String.valueOf(e.getMessage()));
        }
        int partition = partitions.applyAsInt(tenant);
        if (!desk.partitions().contains(partition)) {
            throw new AskException(
                    Code.NOT_HERE,
                    "tenant '%s' is in partition %d, which this instance does not process at present"
                            .formatted(tenant, partition),
                    instances.others());
        }
        return desk.ask(partition, PATIENCE, new Walk(tenant, wish));
    }

    /// Looks at a slice a turn, so that the task is never held up for long; what changes meanwhile may be in it or not.
    private static final class Walk implements Question<TenantAnswer> {

        private final String tenant;
        private final Wish wish;
        private final Predicate<Subscription> subscribed;
        private final Predicate<Member> admitted;
        private final List<SubscriptionAnswer> subscriptions = new ArrayList<>();
        private final List<MemberAnswer> members = new ArrayList<>();
        private Optional<String> nextSubscription = Optional.of("");
        private Optional<String> nextMember = Optional.of("");
        private int looked;
        private boolean complete = true;

        Walk(String tenant, Wish wish) {
            this.tenant = tenant;
            this.wish = wish;
            Optional<Who> who = wish.principal().map(Who::parse);
            this.subscribed = each -> wish.channel().map(each.target()::equals).orElse(true)
                    && wish.node().map(each.node()::equals).orElse(true)
                    && who.map(one -> each.who().isEmpty() || each.who().get().equals(one))
                            .orElse(true);
            this.admitted = each -> wish.channel().map(each.channel()::equals).orElse(true)
                    && who.map(one -> one.id().equals(each.principal())).orElse(true);
        }

        @Override
        public Optional<TenantAnswer> look(PartitionView view) {
            if (nextSubscription.isPresent()) {
                Page<Subscription> page = view.subscriptions(tenant, nextSubscription.get());
                looked += page.looked();
                nextSubscription = page.last();
                page.found().stream().filter(subscribed).forEach(each -> take(subscriptions, answer(each)));
            } else if (nextMember.isPresent()) {
                Page<Member> page = view.members(tenant, nextMember.get());
                looked += page.looked();
                nextMember = page.last();
                page.found().stream().filter(admitted).forEach(each -> take(members, answer(each)));
            }
            boolean done = nextSubscription.isEmpty() && nextMember.isEmpty();
            if (!done && looked < MOST_LOOKED_AT) {
                return Optional.empty();
            }
            return Optional.of(new TenantAnswer(
                    tenant,
                    view.partition(),
                    view.state().current().offset(),
                    List.copyOf(subscriptions),
                    List.copyOf(members),
                    complete && done));
        }

        private <T> void take(List<T> some, T one) {
            if (some.size() < wish.most()) {
                some.add(one);
            } else {
                complete = false;
            }
        }

        private static SubscriptionAnswer answer(Subscription subscription) {
            return new SubscriptionAnswer(
                    subscription.target(),
                    subscription.kind() == TargetKind.ENTITY ? "entity" : "channel",
                    subscription.node(),
                    subscription.attached(),
                    subscription.who().map(Who::toString).orElse(null),
                    subscription.filter().isEmpty() ? null : Sentences.columns(subscription.filter()),
                    subscription.start().offset());
        }

        private static MemberAnswer answer(Member member) {
            return new MemberAnswer(
                    member.channel(),
                    member.principal(),
                    member.role().isEmpty() ? null : member.role(),
                    member.row(),
                    member.since().orElse(null));
        }
    }
}
