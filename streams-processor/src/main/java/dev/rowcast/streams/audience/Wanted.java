package dev.rowcast.streams.audience;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// What is to be told of a change: the channels that are subscribed, and who subscribed to the entity itself.
final class Wanted {

    private final Set<String> channels = new LinkedHashSet<>();
    private final List<Subscriber> subscribers = new ArrayList<>();

    Wanted channel(String channel) {
        channels.add(channel);
        return this;
    }

    Wanted subscriber(Subscriber subscriber) {
        subscribers.add(subscriber);
        return this;
    }

    Set<String> channels() {
        return channels;
    }

    List<Subscriber> subscribers() {
        return subscribers;
    }
}
