package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.avro.SnapshotMark;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.avro.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// The specification: what one partition's log means, by the simplest reading of it. It reads record after record,
/// keeps everything as of every offset, and knows nothing of nodes, stores, indexes, journals or crashes.
///
/// - **P2**: [#meaning] says what a change is to somebody who asked for something, as of the change.
/// - **P3, P4**: who has everything up to an offset gets every meaning after it; where it cannot be said what happened,
///   [#cuts] says that it must be told to refetch.
/// - **P9**: [#wholeUntil] says what must be told together, and [#isBetweenTransactions] where a cursor may stand.
final class Model {

    static final String MEMBERS = "public.room_members";
    static final String KEYS = "rowcast.api_keys";

    /// What a row's change is to the channels that it was in, and is in.
    ///
    /// @param old the row as it was; empty where there was none
    /// @param now the row as it is; empty where there is none
    /// @param byKey whether the log does not tell the row's values
    record Told(
            String entity,
            Set<String> before,
            Set<String> after,
            Optional<Map<String, String>> old,
            Optional<Map<String, String>> now,
            Set<String> delivered,
            boolean byKey) {

        /// A child that its parent took along.
        static Told untold(String entity, Set<String> before, Set<String> after, Set<String> delivered) {
            return new Told(entity, before, after, Optional.empty(), Optional.empty(), delivered, true);
        }
    }

    /// More changed than can be told: whoever watches what it touches must refetch.
    ///
    /// @param tenant empty for every tenant
    /// @param touched channels, types of channels and kinds of entities
    record Cut(String tenant, Set<String> touched, boolean everything) {
        boolean touches(String other, Target target) {
            String name = target.getName();
            return (tenant.isEmpty() || tenant.equals(other))
                    && (everything || touched.contains(name) || touched.contains(name.substring(0, name.indexOf(':'))));
        }
    }

    /// By a membership somebody has a channel.
    private record Seat(String tenant, String channel, String principal) {}

    private record Row(String tenant, String table, String key) {}

    /// What is true right after one record of the log.
    ///
    /// @param divides whether what waited was told before it
    /// @param whole from where on what was told waits for the end of its transaction; -1 when nothing does
    private record Place(
            String tenant,
            long epoch,
            List<Told> told,
            List<Cut> cuts,
            Set<Seat> seats,
            Set<Row> endedKeys,
            boolean divides,
            long whole) {}

    private final List<Place> places = new ArrayList<>();
    private final Map<String, Family> families = new TreeMap<>();
    private final Map<Row, Seat> members = new HashMap<>();
    /// Whether it lives, of those that were ever seen.
    private final Map<Row, Boolean> keys = new HashMap<>();

    private final Set<Row> said = new HashSet<>();
    private long transaction;

    Model(List<String> tenants) {
        tenants.forEach(tenant -> families.put(tenant, new Family(tenant)));
    }

    // Reading the log

    /// @param key the tenant; empty for every tenant
    void read(String key, Change change) {
        switch (change.getBody()) {
            case RowChange row
            when row.getOp() == Operation.UNKNOWN ->
                end(key, change.getEpoch(), List.of(new Cut(key, Set.of(), true)), Optional.empty());
            case RowChange row
            when row.getOp() == Operation.TRUNCATE || row.getOp() == Operation.RESET ->
                end(key, change.getEpoch(), forgetTable(key, row), Optional.of(row.getTx()));
            case RowChange row -> row(key, change.getEpoch(), row);
            case PublishedEvent event -> end(key, change.getEpoch(), List.of(event(event)), Optional.empty());
            case SnapshotMark mark -> {
                mark(mark.getPhase());
                end(key, change.getEpoch(), List.of(), Optional.empty());
            }
            default -> end(key, change.getEpoch(), List.of(), Optional.empty());
        }
    }

    /// @param key the tenant; empty where it may have been any
    void readUnreadable(String key) {
        of(key).forEach(family -> family.forgetEverything(places.size(), key.isEmpty()));
        // It may have ended any membership.
        members.keySet().removeIf(member -> key.isEmpty() || member.tenant().equals(key));
        end(key, epochAt(places.size() - 1L), List.of(new Cut(key, Set.of(), true)), Optional.empty());
    }

    private void row(String tenant, long epoch, RowChange row) {
        List<Object> meanings = new ArrayList<>();
        Family family = Objects.requireNonNull(families.get(tenant));
        Family.Table table = Family.TABLES.get(row.getTable());
        if (table != null && row.getOp() != Operation.SNAPSHOT) {
            meanings.add(new Told(
                    table.entity() + ":" + row.getKey(),
                    family.before(row),
                    family.after(row),
                    Optional.ofNullable(row.getBefore()),
                    Optional.ofNullable(row.getAfter()),
                    table.delivered(),
                    false));
            meanings.addAll(family.children(row));
        }
        if (table != null) {
            family.follow(places.size(), row);
        }
        Row identity = new Row(tenant, row.getTable(), row.getKey());
        said.add(identity);
        if (row.getTable().equals(MEMBERS)) {
            members.remove(identity);
            if (row.getAfter() != null) {
                members.put(identity, seat(tenant, row.getAfter()));
            }
        } else if (row.getTable().equals(KEYS)) {
            keys.put(identity, row.getAfter() != null);
        }
        end(tenant, epoch, meanings, Optional.of(row.getTx()).filter(tx -> tx.getXid() != 0));
    }

    private List<Cut> forgetTable(String key, RowChange row) {
        if (row.getTable().equals(MEMBERS)) {
            members.keySet().removeIf(member -> key.isEmpty() || member.tenant().equals(key));
            return List.of();
        }
        boolean emptied = row.getOp() == Operation.TRUNCATE;
        of(key).forEach(family -> family.forget(places.size(), row.getTable(), key.isEmpty(), emptied));
        Set<String> touched = new HashSet<>();
        Family.TABLES.forEach((name, table) -> {
            if (name.equals(row.getTable()) || table.parent().equals(Optional.of(row.getTable()))) {
                touched.add(table.entity());
                table.channels().forEach(column -> touched.add(column.replace("_id", "")));
            }
        });
        return List.of(new Cut(key, touched, false));
    }

    /// At a snapshot's end, what it did not show is gone.
    private void mark(SnapshotPhase phase) {
        if (phase == SnapshotPhase.BEGAN) {
            said.clear();
            families.values().forEach(Family::beginSnapshot);
        } else {
            members.keySet().retainAll(said);
            keys.replaceAll((key, lives) -> lives && said.contains(key));
            families.values().forEach(Family::endSnapshot);
        }
    }

    private static Told event(PublishedEvent event) {
        return new Told(
                "", Set.of(), Set.copyOf(event.getChannels()), Optional.empty(), Optional.empty(), Set.of(), true);
    }

    /// One record was read.
    private void end(String tenant, long epoch, List<?> meanings, Optional<Transaction> tx) {
        Set<Row> ended = new HashSet<>(keys.keySet());
        ended.removeIf(keys::get);
        List<Told> told = meanings.stream()
                .filter(Told.class::isInstance)
                .map(Told.class::cast)
                .toList();
        List<Cut> cuts = meanings.stream()
                .filter(Cut.class::isInstance)
                .map(Cut.class::cast)
                .toList();
        Set<Seat> seats = new HashSet<>(members.values());
        Place before = places.isEmpty() ? null : places.getLast();
        boolean revokes = before != null
                && !(seats.containsAll(before.seats()) && before.endedKeys().containsAll(ended));
        // Who loses something is told first what came before.
        boolean divides = before != null && (revokes || before.epoch() != epoch);
        long whole = before == null || divides ? -1 : before.whole();
        if (whole < 0 && !told.isEmpty()) {
            whole = places.size();
            transaction = tx.map(Transaction::getFirstLsn).orElse(0L);
        }
        boolean isOver = transaction == 0
                || tx.filter(each -> each.getFirstLsn() == transaction && each.getLast())
                        .isPresent();
        boolean isWhole = !cuts.isEmpty()
                || isOver
                || toldSince(whole) + (told.isEmpty() ? 0 : 1) >= OpenTransaction.MOST_CHANGES;
        places.add(new Place(tenant, epoch, told, cuts, seats, ended, divides, isWhole ? -1 : whole));
    }

    private long toldSince(long offset) {
        return offset < 0 || places.size() - offset < OpenTransaction.MOST_CHANGES - 1
                ? 0
                : places.subList((int) offset, places.size()).stream()
                        .filter(place -> !place.told().isEmpty())
                        .count();
    }

    private Stream<Family> of(String key) {
        return families.entrySet().stream()
                .filter(entry -> key.isEmpty() || entry.getKey().equals(key))
                .map(Map.Entry::getValue);
    }

    private static Seat seat(String tenant, Map<String, String> row) {
        String principal = Objects.requireNonNull(row.get("user_id")).replace("\"", "");
        return new Seat(tenant, "room:" + row.get("room_id"), principal);
    }

    // What is true

    int end() {
        return places.size();
    }

    long epochAt(long offset) {
        return places.isEmpty() ? 0 : places.get((int) Math.max(0, offset)).epoch();
    }

    /// P2: what the change at this offset is to who asks for the target, by what was true then and is at `now`; whether
    /// an API key lives matters now only. In the order of their texts.
    List<String> meaning(String tenant, Principal who, Target target, long offset, long now) {
        return meaning(tenant, who, target, offset, offset, now);
    }

    /// @param then when it committed: a transaction that lets somebody in may be told to it whole
    List<String> meaning(String tenant, Principal who, Target target, long offset, long then, long now) {
        Place place = places.get((int) offset);
        if (!place.tenant().equals(tenant)) {
            return List.of();
        }
        boolean entity = target.getKind() == TargetKind.ENTITY;
        Predicate<String> sees = channel -> (entity || channel.equals(target.getName()))
                && lets(tenant, who, channel, then)
                && isOpen(tenant, who, channel, now);
        return place.told().stream()
                .filter(told -> !entity || told.entity().equals(target.getName()))
                .flatMap(told -> meaning(
                        told,
                        target.getFilter(),
                        told.before().stream().anyMatch(sees),
                        told.after().stream().anyMatch(sees))
                        .stream())
                .sorted()
                .toList();
    }

    /// What it is to who saw the row, and sees it.
    private static Optional<String> meaning(Told told, String filter, boolean saw, boolean sees) {
        if (!filter.isEmpty() && (told.delivered().isEmpty() || told.entity().isEmpty())) {
            return Optional.empty();
        }
        Verdict before = saw ? Verdict.of(filter, told.old(), told.byKey()) : Verdict.NO;
        Verdict after = sees ? Verdict.of(filter, told.now(), told.byKey()) : Verdict.NO;
        boolean byKey = told.byKey() || told.delivered().isEmpty();
        String old = byKey ? "" : stamp(told.old());
        String now = byKey ? "" : stamp(told.now());
        return switch (after) {
            case YES, PERHAPS ->
                Optional.of(told.entity() + (before == Verdict.YES ? " UPDATE" + old : " CREATE") + now);
            case NO -> before == Verdict.NO ? Optional.empty() : Optional.of(told.entity() + " DELETE" + old);
        };
    }

    /// Whether a row passes a filter.
    private enum Verdict {
        YES,
        NO,
        PERHAPS;

        static Verdict of(String filter, Optional<Map<String, String>> row, boolean byKey) {
            if (filter.isEmpty()) {
                return YES;
            }
            return byKey
                    ? PERHAPS
                    : row.filter(Objects.requireNonNull(World.FILTERS.get(filter)))
                                    .isPresent()
                            ? YES
                            : NO;
        }
    }

    /// Names one image of one row.
    private static String stamp(Optional<Map<String, String>> row) {
        return row.map(image -> " " + Objects.requireNonNull(image.get("stamp")).replace("\"", ""))
                .orElse("");
    }

    /// Whether a subscription is accepted: as for an entity, access to it follows at every change.
    boolean accepts(String tenant, Principal who, Target target, long now) {
        return target.getKind() == TargetKind.ENTITY
                ? !hasEnded(tenant, who, now)
                : isOpen(tenant, who, target.getName(), now);
    }

    private boolean isOpen(String tenant, Principal who, String channel, long offset) {
        return !hasEnded(tenant, who, offset) && lets(tenant, who, channel, offset);
    }

    private boolean lets(String tenant, Principal who, String channel, long offset) {
        return channel.startsWith("board:")
                || who.getKind() != PrincipalKind.ANONYMOUS
                        && (channel.startsWith("vault:") || isMember(tenant, who.getId(), channel, offset));
    }

    private boolean isMember(String tenant, String who, String channel, long offset) {
        return offset >= 0 && places.get((int) offset).seats().contains(new Seat(tenant, channel, who));
    }

    private boolean hasEnded(String tenant, Principal who, long offset) {
        return who.getKind() == PrincipalKind.KEY
                && offset >= 0
                && places.get((int) offset).endedKeys().contains(new Row(tenant, KEYS, who.getId()));
    }

    /// The stretches in which somebody was a member, after and until these offsets.
    List<Span> spans(String tenant, Principal who, String channel, long after, long until) {
        List<Span> spans = new ArrayList<>();
        for (long offset = after + 1; offset <= until; offset++) {
            if (isMember(tenant, who.getId(), channel, offset)) {
                boolean goesOn = !spans.isEmpty() && spans.getLast().getUntil() == offset - 1;
                spans.add(new Span(goesOn ? spans.removeLast().getAfter() : offset - 1, offset));
            }
        }
        return spans;
    }

    /// P3: whether who watches the target must be told there that it must refetch.
    boolean cuts(String tenant, Target target, long offset) {
        return offset >= 0
                && offset < end()
                && places.get((int) offset).cuts().stream().anyMatch(cut -> cut.touches(tenant, target));
    }

    /// Whether positions before this one cannot be compared with it.
    boolean beginsEpoch(long offset) {
        return offset > 0 && offset < end() && epochAt(offset) != epochAt(offset - 1);
    }

    /// P9: what was told with the change at this offset ends there.
    long wholeUntil(long offset) {
        long whole = places.get((int) offset).whole();
        long end = offset;
        while (whole >= 0
                && end + 1 < end()
                && places.get((int) end).whole() == whole
                && !places.get((int) end + 1).divides()) {
            end++;
        }
        return end;
    }

    /// P9: whether nothing waits there for the end of its transaction.
    boolean isBetweenTransactions(long offset) {
        return offset < 0 || places.get((int) offset).whole() < 0;
    }
}
