package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.Transaction;
import dev.rowcast.schemas.protocol.ServerMessage.Invalidate.Action;
import dev.rowcast.streams.render.Texts;
import dev.rowcast.streams.route.Audience;
import dev.rowcast.streams.route.LoggedChange;
import dev.rowcast.streams.route.Routed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// The frames of one change. Each is rendered when the first node wants it, and once, however many do.
final class Framing {

    /// Who is told both that a row left and that it entered has to learn it in this order.
    static final List<Action> ORDER = List.of(Action.DELETE, Action.CREATE, Action.UPDATE);

    /// Makes the texts of a change.
    interface Rendering {
        /// @throws IllegalArgumentException when the change holds what the protocol cannot say
        Texts of(long epoch, Routed.Told told, Action action);
    }

    private final Admission admission;
    private final Rendering rendering;
    private final LoggedChange change;
    private final Routed.Told told;
    private final Map<Action, Texts> rendered = new EnumMap<>(Action.class);
    private Wanted last = new Wanted();
    private List<Frame> lastFrames = List.of();

    Framing(Admission admission, Rendering rendering, LoggedChange change, Routed.Told told) {
        this.admission = admission;
        this.rendering = rendering;
        this.change = change;
        this.told = told;
    }

    /// Up to six frames with disjoint channels, in the order in which somebody has to learn them: left, entered,
    /// stayed. None when nothing of it may be told.
    ///
    /// @throws IllegalArgumentException when the change holds what the protocol cannot say
    List<Frame> frames(Wanted wanted) {
        // Most nodes want the same of a change.
        if (!wanted.isOfSameChannelsAs(last)) {
            lastFrames = made(wanted);
            last = wanted;
        }
        return lastFrames;
    }

    private List<Frame> made(Wanted wanted) {
        List<Frame> frames = new ArrayList<>(1);
        for (Action action : ORDER) {
            List<String> channels = channels(action, wanted);
            List<Principal> principals = principals(action, wanted);
            List<Target> narrowed = wanted.narrowed(action, false);
            List<Target> narrowedByKey = wanted.narrowed(action, true);
            if (!narrowedByKey.isEmpty()) {
                frames.add(frame(action, true, List.of(), narrowedByKey, List.of()));
            }
            if (!channels.isEmpty() || !narrowed.isEmpty() || !principals.isEmpty()) {
                frames.add(frame(action, false, channels, narrowed, principals));
            }
        }
        return List.copyOf(frames);
    }

    private List<String> channels(Action action, Wanted wanted) {
        Set<String> all = told.audience().of(action);
        if (all.isEmpty()) {
            return List.of();
        }
        List<String> channels = new ArrayList<>(all);
        channels.retainAll(wanted.channels());
        return channels;
    }

    private List<Principal> principals(Action action, Wanted wanted) {
        return wanted.subscribers().isEmpty()
                ? List.of()
                : wanted.subscribers().stream()
                        .filter(subscriber -> meaningFor(subscriber).equals(Optional.of(action)))
                        .map(Subscriber::toPrincipal)
                        .toList();
    }

    /// What the change means to somebody who watches the entity itself and may see it through these channels only.
    private Optional<Action> meaningFor(Subscriber subscriber) {
        Audience audience = told.audience();
        boolean stays = admitsAny(subscriber, audience.stayed());
        boolean saw = stays || admitsAny(subscriber, audience.left());
        boolean sees = stays || admitsAny(subscriber, audience.entered());
        if (saw && sees) {
            return Optional.of(Action.UPDATE);
        }
        if (saw) {
            return Optional.of(Action.DELETE);
        }
        return sees ? Optional.of(Action.CREATE) : Optional.empty();
    }

    private boolean admitsAny(Subscriber subscriber, Collection<String> channels) {
        return channels.stream().anyMatch(channel -> admission.admits(change.tenant(), subscriber, channel, change));
    }

    private Frame frame(
            Action action, boolean byKey, List<String> channels, List<Target> narrowed, List<Principal> principals) {
        Texts texts = Objects.requireNonNull(
                rendered.computeIfAbsent(action, each -> rendering.of(change.epoch(), told, each)));
        Optional<Transaction> tx = told.transaction();
        return new Frame(
                channels,
                narrowed,
                told.entity().orElse(null),
                principals,
                change.offset(),
                told.lsn(),
                tx.map(Transaction::getXid).orElse(0L),
                told.happenedUs(),
                change.capturedUs(),
                texts.keys(),
                byKey ? null : texts.rows().orElse(null));
    }
}
