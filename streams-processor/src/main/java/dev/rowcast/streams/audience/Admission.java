package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Access;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.ChannelType;
import dev.rowcast.schemas.catalog.Presence;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.filter.FilterException;
import dev.rowcast.schemas.filter.FilterRules;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.grants.Grants;
import dev.rowcast.streams.grants.Span;
import dev.rowcast.streams.history.Epochs;
import dev.rowcast.streams.history.Knowledge;
import dev.rowcast.streams.history.Moment;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.LoggedChange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Who may subscribe to what, and see what. Fails closed: what the catalog does not open is refused, and so is who is
/// not known to be a member.
final class Admission {

    private static final int LONGEST_NAME = 512;

    private final Map<String, ChannelType> channels;
    private final Set<String> entities;
    private final FilterRules filters;
    private final Grants grants;
    private final Epochs epochs;
    private final Placement placement;

    Admission(Catalog catalog, Grants grants, Epochs epochs) {
        this.channels = catalog.channels();
        this.entities = catalog.tables().values().stream()
                .map(TableRule::entity)
                .flatMap(code -> code.stream())
                .collect(Collectors.toUnmodifiableSet());
        this.filters = new FilterRules(catalog);
        this.grants = grants;
        this.epochs = epochs;
        this.placement = Placement.of(catalog);
    }

    /// Whether the principal may have the subscription now. For an entity that means only that there is such a kind
    /// of entities: access follows from the row's channels at every change.
    boolean accepts(TenantId tenant, Subscriber subscriber, Target target) {
        String name = target.getName();
        int colon = name.indexOf(':');
        if (colon < 1
                || colon == name.length() - 1
                || name.length() > LONGEST_NAME
                || name.chars().anyMatch(Character::isISOControl)
                || !fits(target)
                || hasEnded(tenant, subscriber)) {
            return false;
        }
        return switch (target.getKind()) {
            // In another shard of the tenant the channel is silent: who asks there has another catalog.
            case CHANNEL ->
                mayKnow(subscriber, name)
                        && placement.holds(tenant, name)
                        && (!hasMembers(name) || role(tenant, subscriber, name).isPresent());
            case ENTITY -> subscriber.kind() != PrincipalKind.UNKNOWN && entities.contains(name.substring(0, colon));
            case UNKNOWN -> false;
        };
    }

    /// Whether it has no filter, or one in its canonical form that rows of the channel can pass.
    boolean fits(Target target) {
        String text = target.getFilter();
        if (text.isEmpty()) {
            return true;
        }
        try {
            Filter filter = Filter.parse(text);
            return target.getKind() == TargetKind.CHANNEL
                    && filter.canonical().equals(text)
                    && filters.problem(filter, target.getName()).isEmpty();
        } catch (FilterException e) {
            return false;
        }
    }

    /// Whether the principal was let into the channel when the change happened, and is now.
    ///
    /// @throws TooLongAgoException when that is known no more
    boolean admits(TenantId tenant, Subscriber subscriber, String channel, LoggedChange change) {
        if (!mayKnow(subscriber, channel) || hasEnded(tenant, subscriber)) {
            return false;
        }
        Moment then = epochs.at(new Position(change.epoch(), change.offset()));
        return isMember(tenant, subscriber, channel, then)
                && (then.equals(grants.now()) || isMember(tenant, subscriber, channel, grants.now()));
    }

    /// Whether a channel lets in principals one by one.
    boolean hasMembers(String channel) {
        return type(channel).filter(type -> type.access() == Access.MEMBERS).isPresent();
    }

    /// What the subscribers of a channel may know of each other.
    Presence presence(String channel) {
        return type(channel).map(ChannelType::presence).orElse(Presence.NONE);
    }

    /// Whether its subscribers may tell each other things.
    boolean mayBroadcast(String channel) {
        return type(channel).filter(ChannelType::broadcast).isPresent();
    }

    /// Whether a subscription to the channel is kept for each principal on a node, not once for the node.
    boolean isByPrincipal(String channel) {
        return hasMembers(channel) || presence(channel) != Presence.NONE;
    }

    /// When the principal was a member of a channel with members.
    ///
    /// @param after exclusive
    /// @param until inclusive
    Knowledge<List<Span>> spans(
            TenantId tenant, Subscriber subscriber, String channel, Position after, Position until) {
        return grants.spans(tenant, channel, subscriber.id(), epochs.at(after), epochs.at(until));
    }

    /// The role that the principal has now in a channel with members; empty without a membership.
    Optional<String> role(TenantId tenant, Subscriber subscriber, String channel) {
        return hasMembers(channel) && mayKnow(subscriber, channel)
                ? grants.role(tenant, channel, subscriber.id(), grants.now()).certain()
                : Optional.empty();
    }

    private boolean hasEnded(TenantId tenant, Subscriber subscriber) {
        return subscriber.kind() == PrincipalKind.KEY && grants.hasEnded(tenant, subscriber.id());
    }

    /// What the catalog says, whoever is a member.
    private boolean mayKnow(Subscriber subscriber, String channel) {
        Optional<Access> access = type(channel).map(ChannelType::access);
        return switch (subscriber.kind()) {
            case USER, KEY -> access.isPresent();
            case ANONYMOUS -> access.equals(Optional.of(Access.PUBLIC));
            case UNKNOWN -> false;
        };
    }

    private boolean isMember(TenantId tenant, Subscriber subscriber, String channel, Moment at) {
        return !hasMembers(channel)
                || switch (grants.role(tenant, channel, subscriber.id(), at)) {
                    case Knowledge.Known<String>(Optional<String> role) -> role.isPresent();
                    case Knowledge.Unknown<String> unknown -> throw new TooLongAgoException();
                };
    }

    private Optional<ChannelType> type(String channel) {
        int colon = channel.indexOf(':');
        return colon < 0 ? Optional.empty() : Optional.ofNullable(channels.get(channel.substring(0, colon)));
    }
}
