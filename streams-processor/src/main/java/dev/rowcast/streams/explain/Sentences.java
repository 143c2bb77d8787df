package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.Members;
import dev.rowcast.schemas.filter.Filter;
import dev.rowcast.schemas.filter.FilterException;
import dev.rowcast.streams.explain.DeliveryTrail.Looked;
import dev.rowcast.streams.explain.DeliveryTrail.Sighting;
import dev.rowcast.streams.explain.Examination.Aim;
import dev.rowcast.streams.explain.Examination.Seen;
import dev.rowcast.streams.explain.Judge.Decision;
import dev.rowcast.streams.explain.PartitionView.Stay;
import dev.rowcast.streams.log.LogRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A decision in plain words.
final class Sentences {

    private final Catalog catalog;
    private final LogRecord record;
    private final Examination.Findings findings;
    private final Judge judge;
    private final Looked looked;
    private final Times times;
    private final String who;

    Sentences(
            Catalog catalog,
            LogRecord record,
            Examination.Findings findings,
            Judge judge,
            Looked looked,
            Times times,
            Optional<Who> who) {
        this.catalog = catalog;
        this.record = record;
        this.findings = findings;
        this.judge = judge;
        this.looked = looked;
        this.times = times;
        this.who = who.map(Who::name).orElse("anybody");
    }

    Verdict verdict(Decision decision) {
        return new Verdict(decision.code(), decision.delivered(), sentence(decision), evidence(decision));
    }

    private String sentence(Decision decision) {
        String target = decision.aim().map(Aim::target).orElse("");
        return switch (decision.code()) {
            case DELIVERED -> delivered(decision);
            case DELIVERED_TO_NODE ->
                "delivered to %s for whoever listens to %s there; whether %s did, only that gateway knows"
                        .formatted(nodes(decision.aim().orElseThrow()), target, who);
            case UNKNOWN ->
                "not known: the change is so long ago that it is not kept who could see %s then".formatted(target);
            case FILTERED_OUT ->
                "not delivered: the row does not pass the filter of %s on %s (%s), neither before nor after the change"
                        .formatted(who, target, filters(decision.aim().orElseThrow()));
            case SUBSCRIBED_LATER -> subscribedLater(decision);
            case NOT_SUBSCRIBED ->
                "%s: %s could see %s when the change committed, and is not subscribed to it now"
                        .formatted(unless(decision), who, target);
            case REVOKED_BEFORE -> "not delivered: " + revoked(decision.aim().orElseThrow());
            case GRANTED_LATER -> "not delivered: " + granted(decision.aim().orElseThrow());
            case KEY_ENDED -> "not delivered: the API key %s was revoked or deleted".formatted(who);
            case NOT_GRANTED ->
                "not delivered: no row of %s lets %s into %s".formatted(membersTable(target), who, target);
            case NOT_OPEN -> "not delivered: the catalog does not open %s to %s".formatted(target, who);
            case NOBODY_SUBSCRIBED -> nobody();
            case NO_CHANNEL ->
                "not delivered: the row is in no channel, because a column that its channel is made of is null, or its"
                        + " parent was not known";
            case NOT_IN_CATALOG -> "not delivered: the catalog's tables do not name its table";
            case SNAPSHOT_ROW ->
                "not delivered: a snapshot or a backfill read the row, and such rows are told to nobody";
            case INSERT_ONLY ->
                "not delivered: of events and of insert-only tables only inserts are told, and this is none";
            case RESET_INSTEAD ->
                "not delivered by itself: it could not be told row by row, so whoever watches its table was told RESET"
                        + " and refetches";
            case DEAD_LETTERED ->
                "not delivered: %s, so it is in rowcast.dead-letters and whoever watches the tenant was told RESET"
                        .formatted(findings.problem().orElse("it could not be understood"));
            case WAITS_FOR_TRANSACTION ->
                "not delivered yet: it waits for the last change of its transaction in this partition";
            case NOT_PROCESSED_YET ->
                "not delivered yet: the topology is at offset %d of the partition, the change at %d"
                        .formatted(findings.state().current().offset(), record.offset());
        };
    }

    private String delivered(Decision decision) {
        if (decision.aim().isEmpty()) {
            return "delivered to %s; nobody who is subscribed now would have had it"
                    .formatted(names(looked.found().stream().map(Sighting::node).toList()));
        }
        Aim aim = decision.aim().get();
        return "delivered to %s for %s through %s%s"
                .formatted(
                        nodes(aim),
                        who,
                        (aim.kind() == TargetKind.ENTITY ? "the entity " : "") + aim.target(),
                        aim.standing()
                                .flatMap(PartitionView.Standing::roleThen)
                                .filter(role -> !role.isEmpty())
                                .map(role -> ", as " + role)
                                .orElse(""));
    }

    private String subscribedLater(Decision decision) {
        Aim aim = decision.aim().orElseThrow();
        Seen first = aim.subscriptions().getFirst();
        return "%s: the subscription to %s on node %s starts after offset %d, and the change is at %d; it was made later, or resumed with a cursor that has the change already"
                .formatted(
                        unless(decision),
                        aim.target(),
                        first.subscription().node(),
                        first.subscription().start().offset(),
                        record.offset());
    }

    private static String unless(Decision decision) {
        return decision.delivered() == Verdict.Delivered.NO ? "not delivered" : "not known";
    }

    private String revoked(Aim aim) {
        List<Stay> stays = aim.standing().orElseThrow().stays();
        Stay ended = stays.stream()
                .filter(stay ->
                        stay.until().filter(end -> end <= record.offset()).isPresent())
                .reduce((one, other) -> other)
                .orElseThrow();
        boolean again = stays.stream()
                .anyMatch(stay ->
                        stay.since().filter(begin -> begin > record.offset()).isPresent());
        return "the membership of %s in %s ended %s, before the change committed at %s%s"
                .formatted(
                        who,
                        aim.target(),
                        place(ended.until()),
                        committed(),
                        again ? ", and began again only after it" : "");
    }

    private String granted(Aim aim) {
        Stay began = aim.standing().orElseThrow().stays().getFirst();
        return "%s became a member of %s %s, after the change committed at %s"
                .formatted(who, aim.target(), place(began.since()), committed());
    }

    private String nobody() {
        List<Aim> aims =
                findings.parts().stream().flatMap(part -> part.aims().stream()).toList();
        String targets = names(aims.stream().map(Aim::target).toList());
        List<Seen> seen =
                aims.stream().flatMap(aim -> aim.subscriptions().stream()).toList();
        if (seen.isEmpty()) {
            return "%s: nobody is subscribed to %s now"
                    .formatted(judge.isTrailWhole() ? "not delivered" : "not known", targets);
        }
        return "%s: of the %d subscriptions to %s, %d start after the change, %d have no right to it, %d have a filter that it does not pass"
                .formatted(
                        judge.isTrailWhole() ? "not delivered" : "not known",
                        seen.size(),
                        targets,
                        seen.stream().filter(each -> !each.isNews()).count(),
                        seen.stream()
                                .filter(each -> each.isNews() && !each.grant().isIn())
                                .count(),
                        seen.stream()
                                .filter(each -> each.isNews()
                                        && each.grant().isIn()
                                        && each.action().isEmpty())
                                .count());
    }

    private String evidence(Decision decision) {
        List<Sighting> seen = decision.aim().map(judge::sightings).orElse(looked.found());
        if (!seen.isEmpty()) {
            return "seen in rowcast.deliveries: "
                    + seen.stream()
                            .limit(5)
                            .map(each -> "node %s, partition %d, offset %d%s"
                                    .formatted(
                                            each.node(),
                                            each.home(),
                                            each.offset(),
                                            each.replay() ? ", in a replay" : ""))
                            .collect(Collectors.joining("; "));
        }
        return switch (decision.code()) {
            case DELIVERED, DELIVERED_TO_NODE, NOT_SUBSCRIBED, SUBSCRIBED_LATER, NOBODY_SUBSCRIBED ->
                judge.isTrailWhole()
                        ? "the subscriptions of now; none of the %d records of rowcast.deliveries from the change on, up to %s, is about it"
                                .formatted(looked.records(), Instant.ofEpochMilli(looked.untilMs()))
                        : "the subscriptions of now; rowcast.deliveries does not go back to the change, or was not read";
            case UNKNOWN, FILTERED_OUT, REVOKED_BEFORE, GRANTED_LATER, NOT_GRANTED ->
                "the memberships and filters as of the change";
            case KEY_ENDED, NOT_OPEN -> "the key and the catalog as they are now";
            default -> "the change itself, by the catalog of now";
        };
    }

    private String nodes(Aim aim) {
        return names(aim.subscriptions().stream()
                .filter(Seen::isTold)
                .map(each -> each.subscription().node())
                .toList());
    }

    private static String names(List<String> all) {
        List<String> names = all.stream().distinct().toList();
        return names.size() > 5
                ? String.join(", ", names.subList(0, 5)) + " and %d more".formatted(names.size() - 5)
                : String.join(", ", names);
    }

    private String filters(Aim aim) {
        return aim.subscriptions().stream()
                .filter(Seen::isNews)
                .map(each -> columns(each.subscription().filter()))
                .distinct()
                .limit(5)
                .collect(Collectors.joining("; "));
    }

    /// A filter's values are somebody's data as much as the row's are.
    static String columns(String filter) {
        try {
            return "on " + Filter.parse(filter).columns().stream().sorted().collect(Collectors.joining(", "));
        } catch (FilterException e) {
            return "one that cannot be read";
        }
    }

    private String membersTable(String channel) {
        String type = channel.substring(0, Math.max(0, channel.indexOf(':')));
        return Optional.ofNullable(catalog.channels().get(type))
                .flatMap(each -> each.members())
                .map(Members::table)
                .map(Object::toString)
                .orElse("the members table");
    }

    private String committed() {
        return Times.of(record).toString();
    }

    private String place(Optional<Long> offset) {
        if (offset.isEmpty()) {
            return "in an earlier incarnation of the log";
        }
        return times.at(offset.get())
                .map(at -> "at %s (offset %d)".formatted(at, offset.get()))
                .orElse("at offset %d".formatted(offset.get()));
    }
}
