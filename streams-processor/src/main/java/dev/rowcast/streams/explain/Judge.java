package dev.rowcast.streams.explain;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.streams.deadletter.Incoming;
import dev.rowcast.streams.explain.DeliveryTrail.Looked;
import dev.rowcast.streams.explain.DeliveryTrail.Sighting;
import dev.rowcast.streams.explain.Examination.Aim;
import dev.rowcast.streams.explain.Examination.Findings;
import dev.rowcast.streams.explain.Examination.Seen;
import dev.rowcast.streams.explain.PartitionView.Grant;
import dev.rowcast.streams.explain.PartitionView.Standing;
import dev.rowcast.streams.explain.Verdict.Code;
import dev.rowcast.streams.explain.Verdict.Delivered;
import dev.rowcast.streams.log.LogRecord;
import dev.rowcast.streams.ordering.Position;
import dev.rowcast.streams.route.Routed;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Says what follows from what was found. A pure function; it asks nobody.
final class Judge {

    /// What was decided, and of which channel or entity.
    ///
    /// @param aim empty when it is decided before anybody's subscription counts
    record Decision(Code code, Delivered delivered, Optional<Aim> aim) {}

    private final LogRecord record;
    private final Findings findings;
    private final Optional<Who> who;
    private final Looked looked;

    Judge(LogRecord record, Findings findings, Optional<Who> who, Looked looked) {
        this.record = record;
        this.findings = findings;
        this.who = who;
        this.looked = looked;
    }

    Decision decide() {
        return beforeSubscribers()
                .map(code -> new Decision(code, Delivered.NO, Optional.empty()))
                .orElseGet(() -> who.isPresent() ? forOne(who.get()) : forAnybody());
    }

    /// The verdict of each channel alone, for the principal asked.
    Map<Aim, Code> byChannel() {
        Map<Aim, Code> codes = new LinkedHashMap<>();
        who.ifPresent(one -> aims().filter(aim -> aim.kind() == TargetKind.CHANNEL)
                .forEach(aim -> code(aim, one).ifPresent(code -> codes.put(aim, code))));
        return codes;
    }

    /// What decides whoever is subscribed.
    private Optional<Code> beforeSubscribers() {
        if (!isProcessed()) {
            return Optional.of(Code.NOT_PROCESSED_YET);
        }
        if (findings.problem().isPresent()) {
            return Optional.of(Code.DEAD_LETTERED);
        }
        if (findings.waits()) {
            return Optional.of(Code.WAITS_FOR_TRANSACTION);
        }
        if (aims().findAny().isPresent()) {
            return Optional.empty();
        }
        if (findings.parts().stream().anyMatch(part -> part.meaning() instanceof Routed.Cut)) {
            return Optional.of(Code.RESET_INSTEAD);
        }
        return findings.parts().stream().anyMatch(part -> part.meaning() instanceof Routed.Told)
                ? Optional.of(Code.NO_CHANNEL)
                : Optional.of(silent());
    }

    private boolean isProcessed() {
        Position current = findings.state().current();
        if (record.value() instanceof Incoming.ChangeRecord(Change change, byte[] bytes)
                && change.getEpoch() != current.epoch()) {
            return findings.state().incarnations().stream().anyMatch(each -> each.epoch() == change.getEpoch());
        }
        return record.offset() <= current.offset();
    }

    private Code silent() {
        if (record.value() instanceof Incoming.ChangeRecord(Change change, byte[] bytes)
                && change.getBody() instanceof RowChange row) {
            if (row.getOp() == Operation.SNAPSHOT) {
                return Code.SNAPSHOT_ROW;
            }
            return findings.known() ? Code.INSERT_ONLY : Code.NOT_IN_CATALOG;
        }
        return Code.NO_CHANNEL;
    }

    /// Everything that it concerns. An entity alone lets nobody in, so a row in no channel concerns nobody.
    private Stream<Aim> aims() {
        return findings.parts().stream()
                .filter(part -> part.aims().stream().anyMatch(aim -> aim.kind() == TargetKind.CHANNEL))
                .flatMap(part -> part.aims().stream());
    }

    private Decision forAnybody() {
        Optional<Aim> told = aims().filter(aim -> aim.subscriptions().stream().anyMatch(Seen::isTold))
                .findFirst();
        if (told.isPresent() || !looked.found().isEmpty()) {
            return new Decision(Code.DELIVERED, Delivered.YES, told);
        }
        boolean unknown =
                aims().flatMap(aim -> aim.subscriptions().stream()).anyMatch(seen -> seen.grant() == Grant.UNKNOWN);
        return unknown
                ? new Decision(Code.UNKNOWN, Delivered.UNKNOWN, aims().findFirst())
                : new Decision(
                        Code.NOBODY_SUBSCRIBED, isTrailWhole() ? Delivered.NO : Delivered.UNKNOWN, aims().findFirst());
    }

    private Decision forOne(Who one) {
        return aims().flatMap(aim -> code(aim, one).map(code -> decision(code, aim)).stream())
                .min(Comparator.comparing(Decision::code))
                .orElseThrow();
    }

    private Decision decision(Code code, Aim aim) {
        Delivered delivered = switch (code) {
            case DELIVERED -> Delivered.YES;
            case DELIVERED_TO_NODE, UNKNOWN -> Delivered.UNKNOWN;
            // Which subscriptions there were then is not kept; what nodes were told is, for a while.
            case NOT_SUBSCRIBED, SUBSCRIBED_LATER ->
                isTrailWhole() && sightings(aim).isEmpty() ? Delivered.NO : Delivered.UNKNOWN;
            default -> Delivered.NO;
        };
        return new Decision(code, delivered, Optional.of(aim));
    }

    /// Empty for an entity to which the principal is not subscribed: its channels decide.
    private Optional<Code> code(Aim aim, Who one) {
        List<Seen> own = aim.subscriptions().stream()
                .filter(seen -> seen.subscription().who().map(one::equals).orElse(true))
                .toList();
        if (aim.kind() == TargetKind.ENTITY) {
            return own.isEmpty() || findings.ended() ? Optional.empty() : entity(own);
        }
        return Optional.of(
                findings.ended() ? Code.KEY_ENDED : channel(aim.standing().orElseThrow(), own));
    }

    private static Optional<Code> entity(List<Seen> own) {
        if (own.stream().anyMatch(Seen::isTold)) {
            return Optional.of(Code.DELIVERED);
        }
        return own.stream().anyMatch(seen -> seen.grant().isIn())
                ? Optional.of(Code.SUBSCRIBED_LATER)
                : Optional.empty();
    }

    private Code channel(Standing standing, List<Seen> own) {
        return switch (standing.then()) {
            case CLOSED -> Code.NOT_OPEN;
            case UNKNOWN -> Code.UNKNOWN;
            case NOT_A_MEMBER -> notAMember(standing);
            case MEMBER, OPEN -> {
                if (own.isEmpty()) {
                    yield Code.NOT_SUBSCRIBED;
                }
                if (own.stream().anyMatch(Seen::isTold)) {
                    yield own.stream()
                                    .anyMatch(each -> each.isTold()
                                            && each.subscription().who().isPresent())
                            ? Code.DELIVERED
                            : Code.DELIVERED_TO_NODE;
                }
                yield own.stream().anyMatch(Seen::isNews) ? Code.FILTERED_OUT : Code.SUBSCRIBED_LATER;
            }
        };
    }

    private Code notAMember(Standing standing) {
        if (standing.stays().stream()
                .anyMatch(stay ->
                        stay.until().filter(end -> end <= record.offset()).isPresent())) {
            return Code.REVOKED_BEFORE;
        }
        return standing.stays().isEmpty() ? Code.NOT_GRANTED : Code.GRANTED_LATER;
    }

    /// Whether all that nodes were told since the change could be read.
    boolean isTrailWhole() {
        return looked.fromTheChangeOn();
    }

    /// What nodes were told for this channel or entity.
    List<Sighting> sightings(Aim aim) {
        return looked.found().stream()
                .filter(each -> each.targets().stream()
                        .anyMatch(target -> target.equals(aim.target()) || target.startsWith(aim.target() + " ")))
                .toList();
    }
}
