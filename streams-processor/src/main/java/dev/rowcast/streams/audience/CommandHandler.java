package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Attach;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Broadcast;
import dev.rowcast.schemas.avro.Detach;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Unsubscribe;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Topics;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what gateway nodes ask.
final class CommandHandler {

    private static final Logger LOG = LoggerFactory.getLogger(CommandHandler.class);

    private final Admission admission;
    private final Partition partition;
    private final SubscribeHandler subscribes;
    private final Replays replays;
    private final Broadcaster broadcaster;
    private final Outbox outbox;
    private final LongSupplier wallClockMs;

    CommandHandler(
            Admission admission,
            Partition partition,
            SubscribeHandler subscribes,
            Replays replays,
            Broadcaster broadcaster,
            Outbox outbox,
            LongSupplier wallClockMs) {
        this.admission = admission;
        this.partition = partition;
        this.subscribes = subscribes;
        this.replays = replays;
        this.broadcaster = broadcaster;
        this.outbox = outbox;
        this.wallClockMs = wallClockMs;
    }

    /// @param key the tenant; of no meaning in what concerns the whole partition
    /// @param waitedMs since the node wrote it
    /// @throws UnprocessableException when the command makes no sense; nothing was done then
    void handle(@Nullable String key, GatewayCommand command, long waitedMs) {
        String node = name("node", command.getNode());
        switch (command.getBody()) {
            case Attach attach -> attach(node, command.getHome(), attach);
            case Detach detach -> partition.nodes().detach(node);
            case Subscribe subscribe -> {
                principal(subscribe.getPrincipal());
                subscribe.getOthers().forEach(CommandHandler::principal);
                TenantId tenant = tenant(key);
                if (partition.nodes().home(node).isPresent()) {
                    subscribes.handle(tenant, node, subscribe, waitedMs);
                } else {
                    // Without a lease nothing would ever end the subscription. The node attaches and asks again.
                    LOG.atWarn()
                            .addKeyValue("node", node)
                            .addKeyValue("request", subscribe.getRequest())
                            .log("Subscribe of a node that is not attached");
                }
            }
            case Unsubscribe unsubscribe -> unsubscribe(tenant(key), node, unsubscribe);
            case Broadcast broadcast -> {
                principal(broadcast.getPrincipal());
                broadcaster.pass(tenant(key), node, command.getSentUs(), broadcast);
            }
            default -> throw unprocessable("command of a newer version");
        }
    }

    private void attach(String node, int home, Attach attach) {
        if (home < 0 || home >= Topics.DELIVERIES.partitions()) {
            throw unprocessable("home %d is no partition of %s".formatted(home, Topics.DELIVERIES.name()));
        }
        boolean known = partition.attach(node, new Attachment(home, attach.getLeaseMs()), wallClockMs.getAsLong());
        outbox.deliver(node, Optional.empty(), partition.settled(), new Attached(known));
    }

    private void unsubscribe(TenantId tenant, String node, Unsubscribe unsubscribe) {
        Subscriber subscriber = Subscriber.of(principal(unsubscribe.getPrincipal()));
        replays.forget(tenant, node, subscriber, unsubscribe.getTargets());
        unsubscribe
                .getTargets()
                .forEach(target -> partition
                        .subscriptions()
                        .remove(SubscriptionKey.of(tenant, node, subscriber, target, admission)));
    }

    private static TenantId tenant(@Nullable String key) {
        try {
            return new TenantId(key == null ? "" : key);
        } catch (IllegalArgumentException e) {
            throw new UnprocessableException(e);
        }
    }

    private static Principal principal(Principal principal) {
        name("principal", principal.getId());
        return principal;
    }

    private static String name(String what, String value) {
        if (value.length() > 512 || value.chars().anyMatch(Character::isISOControl)) {
            throw unprocessable("the %s's name is longer than 512 or has control characters".formatted(what));
        }
        return value;
    }

    private static UnprocessableException unprocessable(String why) {
        return new UnprocessableException(new IllegalArgumentException(why));
    }
}
