package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Presence;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which channels have news of who is there. What is news is found when it is told, so who comes and goes in between is
/// none. Derived from the subscriptions, and as large as those of channels with presence.
final class Presences {

    /// One channel of one tenant.
    record Room(TenantId tenant, String channel) {}

    /// What changed in a room since it was last told.
    ///
    /// @param subscribers who may have come or gone
    /// @param nodes those that have to be told everything
    record News(Set<Subscriber> subscribers, Set<String> nodes) {
        News() {
            this(new LinkedHashSet<>(), new LinkedHashSet<>());
        }
    }

    private final Admission admission;
    private final Map<Room, Occupancy> occupancies = new HashMap<>();
    private Map<Room, News> news = new LinkedHashMap<>();

    Presences(Admission admission) {
        this.admission = admission;
    }

    /// A node subscribed. It is told everything, as it may have a listener that was told nothing yet.
    void asked(SubscriptionKey key) {
        news(key).ifPresent(room -> {
            key.subscriber().ifPresent(room.subscribers()::add);
            room.nodes().add(key.node());
        });
    }

    /// The subscription ended, or is no longer sure to count.
    void touched(SubscriptionKey key) {
        news(key).ifPresent(room -> key.subscriber().ifPresent(room.subscribers()::add));
    }

    /// The rooms that have news, in the order in which they had; from now on there are none.
    Map<Room, News> take() {
        Map<Room, News> taken = news;
        news = new LinkedHashMap<>();
        return taken;
    }

    Occupancy occupancy(Room room) {
        return occupancies.computeIfAbsent(
                room, unseen -> new Occupancy(admission.presence(room.channel()) == Presence.MEMBERS));
    }

    /// Nobody listens there any more.
    void forget(Room room) {
        occupancies.remove(room);
    }

    private Optional<News> news(SubscriptionKey key) {
        return key.kind() == TargetKind.CHANNEL && admission.presence(key.target()) != Presence.NONE
                ? Optional.of(news.computeIfAbsent(new Room(key.tenant(), key.target()), unseen -> new News()))
                : Optional.empty();
    }
}
