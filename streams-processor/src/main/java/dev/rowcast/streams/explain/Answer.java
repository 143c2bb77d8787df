package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Parent;
import dev.rowcast.schemas.catalog.TableRule;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.explain.DeliveryTrail.Looked;
import dev.rowcast.streams.explain.EventSearch.Found;
import dev.rowcast.streams.explain.Examination.Aim;
import dev.rowcast.streams.explain.Examination.Findings;
import dev.rowcast.streams.explain.Examination.Part;
import dev.rowcast.streams.explain.Examination.Seen;
import dev.rowcast.streams.explain.Explanation.Access;
import dev.rowcast.streams.explain.PartitionView.Standing;
import dev.rowcast.streams.explain.PartitionView.Stay;
import dev.rowcast.streams.log.LogRecord;
import dev.rowcast.streams.route.Routed;
import dev.rowcast.streams.rows.RowText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes down what was found. Of a row its key, the channels that follow from it and its parent's key; no other value.
final class Answer {

    private final Found found;
    private final Findings findings;
    private final Optional<Who> who;
    private final Judge judge;
    private final Looked looked;
    private final Times times;
    private final long recordsRead;
    private final List<String> notes = new ArrayList<>();

    Answer(
            Found found,
            Findings findings,
            Optional<Who> who,
            Judge judge,
            Looked looked,
            Times times,
            long recordsRead) {
        this.found = found;
        this.findings = findings;
        this.who = who;
        this.judge = judge;
        this.looked = looked;
        this.times = times;
        this.recordsRead = recordsRead;
    }

    Explanation write(Verdict verdict) {
        List<Explanation.Channel> channels = findings.parts().stream()
                .flatMap(part -> part.aims().stream().map(aim -> channel(part, aim)))
                .toList();
        notes(channels.size());
        return new Explanation(
                event(),
                new Explanation.Place(
                        findings.state().current().offset(),
                        findings.state().settled().offset(),
                        findings.state().nodes().stream()
                                .map(PartitionView.Node::name)
                                .toList()),
                channels.stream().limit(Explanation.MOST_CHANNELS).toList(),
                who.map(this::principal).orElse(null),
                deliveries(),
                verdict,
                List.copyOf(notes));
    }

    private void notes(int channels) {
        if (findings.more() || channels > Explanation.MOST_CHANNELS) {
            notes.add("the change means more than is said here: a parent took very many children along");
        }
        if (findings.parts().stream().anyMatch(part -> part.meaning() instanceof Routed.Cut)) {
            notes.add("whoever watches what could not be told row by row was told RESET");
        }
        if (!looked.fromTheChangeOn()) {
            notes.add("rowcast.deliveries does not go back to the change, or was not read; what nodes were told then is"
                    + " not known");
        }
        notes.add("subscriptions are those of now; who was subscribed before and is not any more is not kept");
    }

    private Explanation.Event event() {
        LogRecord record = found.record();
        String written = Instant.ofEpochMilli(record.timestampMs()).toString();
        if (record.value() instanceof Incoming.ChangeRecord(Change change, byte[] bytes)) {
            if (change.getBody() instanceof RowChange row) {
                return event(
                        written,
                        row.getTable(),
                        row.getKey(),
                        row.getOp().name(),
                        new Epoch(change.getEpoch()).transactionId(row.getTx().getFirstLsn()),
                        row.getTx().getIndex(),
                        Times.of(record).toString());
            }
            if (change.getBody() instanceof PublishedEvent event) {
                return event(
                        written,
                        null,
                        null,
                        event.getType(),
                        null,
                        null,
                        Times.of(record).toString());
            }
        }
        return event(written, null, null, null, null, null, null);
    }

    private Explanation.Event event(
            String written,
            @Nullable String table,
            @Nullable String key,
            @Nullable String operation,
            @Nullable String transaction,
            @Nullable Integer index,
            @Nullable String committed) {
        LogRecord record = found.record();
        return new Explanation.Event(
                EventId.of(record).orElse(""),
                record.key(),
                found.partition(),
                record.offset(),
                table,
                key,
                operation,
                transaction,
                index,
                committed,
                written,
                Math.toIntExact(recordsRead));
    }

    private Explanation.Channel channel(Part part, Aim aim) {
        return new Explanation.Channel(
                (aim.kind() == TargetKind.ENTITY ? "entity " : "") + aim.target(),
                of(part.meaning()),
                aim.action().isEmpty() ? null : aim.action(),
                aim.access()
                        .map(access -> access.name().toLowerCase(Locale.ROOT))
                        .orElse(null),
                through(part.meaning()),
                aim.subscriptions().stream().map(Answer::subscription).toList(),
                aim.more());
    }

    private static String of(Routed meaning) {
        return switch (meaning) {
            case Routed.Row row ->
                row.entity().orElse(row.change().getTable() + " " + row.change().getKey());
            case Routed.Moved moved -> moved.entity().orElse(moved.rule().table() + " " + moved.key());
            case Routed.Event event ->
                event.inserted()
                        .map(row -> row.change().getTable() + " " + row.change().getKey())
                        .orElse("an event that an application published");
            case Routed.Cut cut -> "";
            case Routed.Silent silent -> "";
            case Routed.Several several -> "";
        };
    }

    private static @Nullable String through(Routed meaning) {
        return switch (meaning) {
            case Routed.Row row -> parent(row.rule(), row.change()).orElse(null);
            case Routed.Moved moved ->
                moved.cause().getTable() + " " + moved.cause().getKey();
            case Routed.Event event ->
                event.inserted()
                        .flatMap(row -> parent(row.rule(), row.change()))
                        .orElse(null);
            case Routed.Cut cut -> null;
            case Routed.Silent silent -> null;
            case Routed.Several several -> null;
        };
    }

    /// The parent's key is what the link says.
    private static Optional<String> parent(TableRule rule, RowChange change) {
        Map<String, String> before = change.getBefore() == null ? Map.of() : change.getBefore();
        Map<String, String> row = change.getAfter() == null ? before : change.getAfter();
        return rule.parent()
                .flatMap((Parent link) -> RowText.of(row, link.by())
                        .or(() -> RowText.of(before, link.by()))
                        .map(id -> link.table() + " " + id));
    }

    private static Explanation.Subscription subscription(Seen seen) {
        PartitionView.Subscription subscription = seen.subscription();
        boolean filtered = !subscription.filter().isEmpty();
        return new Explanation.Subscription(
                subscription.node(),
                subscription.attached(),
                subscription.who().map(Who::toString).orElse(null),
                filtered ? Sentences.columns(subscription.filter()) : null,
                subscription.start().offset(),
                seen.isNews(),
                filtered ? seen.action().isPresent() : null,
                seen.grant().name(),
                seen.isTold());
    }

    private Explanation.Principal principal(Who one) {
        List<Access> channels = new ArrayList<>();
        judge.byChannel()
                .forEach((aim, code) ->
                        aim.standing().ifPresent(standing -> channels.add(access(aim.target(), standing, code))));
        return new Explanation.Principal(one.toString(), findings.ended(), List.copyOf(channels));
    }

    private Access access(String channel, Standing standing, Verdict.Code code) {
        return new Access(
                channel,
                standing.then().name(),
                role(standing.roleThen()),
                standing.now().name(),
                role(standing.roleNow()),
                standing.stays().stream().map(this::membership).toList(),
                code);
    }

    private Explanation.Membership membership(Stay stay) {
        return new Explanation.Membership(
                stay.row(),
                role(Optional.of(stay.role())),
                stay.since().orElse(null),
                stay.since().flatMap(times::at).map(Instant::toString).orElse(null),
                stay.until().orElse(null),
                stay.until().flatMap(times::at).map(Instant::toString).orElse(null));
    }

    private static @Nullable String role(Optional<String> role) {
        return role.filter(text -> !text.isEmpty()).orElse(null);
    }

    private Explanation.Deliveries deliveries() {
        return new Explanation.Deliveries(
                looked.records(),
                looked.fromTheChangeOn(),
                looked.untilMs() == 0
                        ? null
                        : Instant.ofEpochMilli(looked.untilMs()).toString(),
                looked.found().stream()
                        .map(each -> new Explanation.Delivery(
                                each.node(),
                                each.home(),
                                each.offset(),
                                each.replay(),
                                each.targets(),
                                each.principals(),
                                Times.ofMicros(each.matchedUs()).toString()))
                        .toList());
    }
}
