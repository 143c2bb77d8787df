package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Images;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a past change is to one request: what it would have been told then.
final class Replayer {

    private static final Logger LOG = LoggerFactory.getLogger(Replayer.class);

    private final Admission admission;
    private final RenderedTexts texts;
    private final Map<String, List<Subscriber>> channels;
    private final Map<String, Map<Filter, List<Subscriber>>> narrowed;
    private final Map<String, List<Subscriber>> entities;

    Replayer(Admission admission, RenderedTexts texts, Request request) {
        this.admission = admission;
        this.texts = texts;
        this.channels = subscribers(request, TargetKind.CHANNEL);
        this.narrowed = narrowed(request);
        this.entities = subscribers(request, TargetKind.ENTITY);
    }

    /// What the request is about, channels and entities.
    List<String> names() {
        return Stream.of(channels, narrowed, entities)
                .flatMap(each -> each.keySet().stream())
                .distinct()
                .toList();
    }

    Replay replay(LoggedChange change) {
        List<Frame> frames = new ArrayList<>(1);
        for (Routed part : change.routed().parts()) {
            switch (part) {
                case Routed.Silent silent -> {}
                case Routed.Several several -> {}
                case Routed.Cut cut -> {
                    if (touches(cut)) {
                        return new Replay.Impossible(cut.reason());
                    }
                }
                case Routed.Told told -> {
                    try {
                        frames.addAll(new Framing(admission, texts::of, change, told).frames(wanted(change, told)));
                    } catch (TooLongAgoException e) {
                        return new Replay.Impossible(ResetReason.TRIMMED);
                    } catch (IllegalArgumentException e) {
                        // Nobody wanted it when it came, so nobody noticed that it cannot be told.
                        LOG.atWarn()
                                .addKeyValue("offset", change.offset())
                                .addKeyValue("reason", e.getMessage())
                                .log("Replay of a change that cannot be told");
                        return new Replay.Impossible(ResetReason.SCHEMA);
                    }
                }
            }
        }
        return new Replay.Told(frames);
    }

    /// Whether the request is about channels only, and everybody in it was let in all the time that is replayed: then
    /// what is told for several changes together is for all of them alike, wherever they start.
    ///
    /// @param start before what is replayed
    /// @param until where that ends now
    boolean isAlikeForAll(TenantId tenant, Position start, Position until) {
        return entities.isEmpty()
                && wasLetInAllAlong(tenant, channels, start, until)
                && narrowed.entrySet().stream()
                        .allMatch(channel -> channel.getValue().values().stream()
                                .allMatch(
                                        who -> wasLetInAllAlong(tenant, Map.of(channel.getKey(), who), start, until)));
    }

    private boolean wasLetInAllAlong(
            TenantId tenant, Map<String, List<Subscriber>> subscribers, Position start, Position until) {
        return subscribers.entrySet().stream()
                .filter(channel -> admission.hasMembers(channel.getKey()))
                .allMatch(channel -> channel.getValue().stream()
                        .allMatch(who -> admission
                                .spans(tenant, who, channel.getKey(), start, until)
                                .certain()
                                .filter(spans -> spans.size() == 1
                                        && spans.getFirst().after() <= start.offset()
                                        && spans.getFirst().until() >= until.offset())
                                .isPresent()));
    }

    /// What a change means to the channels of the request, for a replay that tells several changes together.
    Together meanings(LoggedChange change) {
        List<Meaning> meanings = new ArrayList<>(1);
        for (Routed part : change.routed().parts()) {
            if (part instanceof Routed.Cut cut && touches(cut)) {
                return new Together.Impossible(cut.reason());
            }
            if (part instanceof Routed.Told told) {
                try {
                    meanings.addAll(meanings(told, wanted(change, told)));
                } catch (TooLongAgoException e) {
                    return new Together.Impossible(ResetReason.TRIMMED);
                }
            }
        }
        return new Together.Meant(meanings);
    }

    private static List<Meaning> meanings(Routed.Told told, Wanted wanted) {
        List<Meaning> meanings = new ArrayList<>(1);
        for (Action action : Framing.ORDER) {
            told.audience().of(action).stream()
                    .filter(wanted.channels()::contains)
                    .forEach(channel ->
                            meanings.add(new Meaning(told, new Target(TargetKind.CHANNEL, channel, ""), action)));
            for (boolean byKey : new boolean[] {true, false}) {
                wanted.narrowed(action, byKey).forEach(target -> meanings.add(new Meaning(told, target, action)));
            }
        }
        return meanings;
    }

    /// What nobody may have is not replayed; who of them may have what, the receiver knows.
    private Wanted wanted(LoggedChange change, Routed.Told told) {
        Wanted wanted = new Wanted();
        Optional<Images> images = narrowed.isEmpty() ? Optional.empty() : told.images();
        for (String channel : told.audience().all()) {
            if (mayHave(channels.getOrDefault(channel, List.of()), channel, change)) {
                wanted.channel(channel);
            }
            Map<Filter, List<Subscriber>> filters = narrowed.getOrDefault(channel, Map.of());
            images.ifPresent(row -> filters.forEach((filter, subscribers) -> {
                if (mayHave(subscribers, channel, change)) {
                    Target target = new Target(TargetKind.CHANNEL, channel, filter.canonical());
                    Narrowed.of(row, told.audience(), channel, filter)
                            .ifPresent(meaning -> wanted.narrowed(meaning, target));
                }
            }));
        }
        told.entity()
                .ifPresent(entity -> entities.getOrDefault(entity, List.of()).forEach(wanted::subscriber));
        return wanted;
    }

    private boolean mayHave(List<Subscriber> subscribers, String channel, LoggedChange change) {
        return subscribers.stream().anyMatch(who -> admission.admits(change.tenant(), who, channel, change));
    }

    private boolean touches(Routed.Cut cut) {
        return channels.keySet().stream().anyMatch(cut::touchesChannel)
                || narrowed.keySet().stream().anyMatch(cut::touchesChannel)
                || entities.keySet().stream().anyMatch(cut::touchesEntity);
    }

    private static Map<String, List<Subscriber>> subscribers(Request request, TargetKind kind) {
        Map<String, List<Subscriber>> subscribers = new LinkedHashMap<>();
        request.accepted().forEach((target, who) -> {
            if (target.getKind() == kind && target.getFilter().isEmpty()) {
                subscribers.put(target.getName(), who);
            }
        });
        return subscribers;
    }

    private static Map<String, Map<Filter, List<Subscriber>>> narrowed(Request request) {
        Map<String, Map<Filter, List<Subscriber>>> narrowed = new LinkedHashMap<>();
        request.accepted().forEach((target, who) -> {
            if (!target.getFilter().isEmpty()) {
                narrowed.computeIfAbsent(target.getName(), unseen -> new LinkedHashMap<>())
                        .put(Filter.trusted(target.getFilter()), who);
            }
        });
        return narrowed;
    }
}
