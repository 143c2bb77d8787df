package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.deleted;
import static dev.rowcast.streams.audience.Samples.inserted;
import static dev.rowcast.streams.audience.Samples.row;
import static dev.rowcast.streams.audience.Samples.updated;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.SnapshotMark;
import dev.rowcast.schemas.avro.SnapshotPhase;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/// A database and its log, and what is true of it: who may have which change. Plain and sequential: it keeps everything
/// as of every offset, and knows nothing of nodes, stores or crashes.
final class Model {

    static final String MEMBERS = "public.room_members";

    /// @param key the tenant; empty for every tenant
    record Logged(String key, Change change, Optional<Moved> moved) {}

    /// A row that was in one channel and is in another; either may be none.
    record Moved(String tenant, String entity, Optional<String> before, Optional<String> after) {}

    /// @param key the primary key; of an API key its id
    private record Row(String tenant, String key) {}

    private record Member(int room, String principal, String role) {}

    private record Seat(String tenant, String channel, String principal) {}

    private final List<Logged> log = new ArrayList<>();
    private final Map<Row, Integer> sources = new HashMap<>();
    private final Map<Row, Integer> messages = new HashMap<>();
    private final Map<Row, Member> members =
            new TreeMap<>(Comparator.comparing(Row::tenant).thenComparing(Row::key));
    /// Whether it lives, of those that were ever seen.
    private final Map<Row, Boolean> keys = new HashMap<>();

    private final Set<Row> shownMembers = new HashSet<>();
    private final Set<Row> shownKeys = new HashSet<>();
    private boolean snapshot;

    private final List<Set<Seat>> seatsAt = new ArrayList<>();
    private final List<Set<Row>> endedKeysAt = new ArrayList<>();

    // What happens

    /// @param vault where the row is from now on; negative: it is no more
    void source(String tenant, int id, int vault) {
        move("public.sources", "source", "vault", sources, new Row(tenant, "" + id), vault);
    }

    /// @param room where the row is from now on; negative: it is no more
    void message(String tenant, int id, int room) {
        move("public.messages", "message", "room", messages, new Row(tenant, "" + id), room);
    }

    /// @param room where the principal is a member by this row from now on; negative: nowhere
    void member(String tenant, int id, int room, String principal, String role) {
        Row row = new Row(tenant, "" + id);
        Member was = room < 0 ? members.remove(row) : members.get(row);
        Member is = new Member(room, principal, role);
        if (room >= 0) {
            members.put(row, is);
            shownMembers.add(row);
            Change change = was == null
                    ? inserted(MEMBERS, row.key, lsn(), image(is))
                    : updated(MEMBERS, row.key, lsn(), image(was), image(is));
            append(tenant, change, Optional.empty());
        } else if (was != null) {
            append(tenant, deleted(MEMBERS, row.key, lsn(), image(was)), Optional.empty());
        }
    }

    void truncateMembers() {
        members.clear();
        append("", Samples.change(row(Operation.TRUNCATE, MEMBERS, "", null, null, lsn(), true)), Optional.empty());
    }

    void key(String tenant, String id, boolean lives) {
        Row key = new Row(tenant, id);
        keys.put(key, lives);
        shownKeys.add(key);
        Map<String, String> image = Map.of("id", '"' + id + '"');
        append(
                tenant,
                lives ? inserted("rowcast.api_keys", id, lsn(), image) : deleted("rowcast.api_keys", id, lsn(), image),
                Optional.empty());
    }

    /// A snapshot begins, or shows a member, or ends: then who was not shown is none any more.
    void snapshot(boolean ends) {
        Optional<Row> next = members.keySet().stream()
                .filter(row -> !shownMembers.contains(row))
                .findFirst();
        if (!snapshot) {
            snapshot = true;
            shownMembers.clear();
            shownKeys.clear();
            append("", Samples.change(new SnapshotMark(SnapshotPhase.BEGAN)), Optional.empty());
        } else if (next.isPresent() && !ends) {
            Row row = next.get();
            shownMembers.add(row);
            Map<String, String> image = image(Objects.requireNonNull(members.get(row)));
            append(
                    row.tenant,
                    Samples.change(row(Operation.SNAPSHOT, MEMBERS, row.key, null, image, lsn(), true)),
                    Optional.empty());
        } else {
            snapshot = false;
            members.keySet().retainAll(shownMembers);
            keys.replaceAll((key, lives) -> lives && shownKeys.contains(key));
            append("", Samples.change(new SnapshotMark(SnapshotPhase.ENDED)), Optional.empty());
        }
    }

    // What is true

    int end() {
        return log.size();
    }

    Logged at(long offset) {
        return log.get((int) offset);
    }

    /// What the change at this offset means to who asks for the target; nothing where it may not have it, by what was
    /// true then or is at `now`. Whether an API key lives matters now only.
    Optional<String> meaning(String tenant, Principal who, Target target, long offset, long now) {
        Moved moved = at(offset).moved().orElse(null);
        if (moved == null || !moved.tenant.equals(tenant)) {
            return Optional.empty();
        }
        boolean entity = target.getKind() == TargetKind.ENTITY;
        if (entity && !moved.entity.equals(target.getName())) {
            return Optional.empty();
        }
        Predicate<String> sees = channel -> (entity || channel.equals(target.getName()))
                && lets(tenant, who, channel, offset)
                && isOpen(tenant, who, channel, now);
        boolean was = moved.before.filter(sees).isPresent();
        boolean is = moved.after.filter(sees).isPresent();
        return was
                ? Optional.of(is ? "UPDATE" : "DELETE")
                : Optional.of("CREATE").filter(create -> is);
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
        return who.getKind() != PrincipalKind.ANONYMOUS
                && (channel.startsWith("vault:")
                        || offset >= 0 && seatsAt.get((int) offset).contains(new Seat(tenant, channel, who.getId())));
    }

    /// The stretches in which the channel was open to a user or key, after and until these offsets.
    List<Span> spans(String tenant, Principal who, String channel, long after, long until) {
        List<Span> spans = new ArrayList<>();
        for (long offset = after + 1; offset <= until; offset++) {
            if (seatsAt.get((int) offset).contains(new Seat(tenant, channel, who.getId()))) {
                boolean goesOn = !spans.isEmpty() && spans.getLast().getUntil() == offset - 1;
                Span span = goesOn ? spans.removeLast() : new Span(offset - 1, offset);
                spans.add(new Span(span.getAfter(), offset));
            }
        }
        return spans;
    }

    private boolean hasEnded(String tenant, Principal who, long offset) {
        return who.getKind() == PrincipalKind.KEY
                && offset >= 0
                && endedKeysAt.get((int) offset).contains(new Row(tenant, who.getId()));
    }

    private void move(String table, String code, String type, Map<Row, Integer> rows, Row row, int where) {
        int was = rows.getOrDefault(row, -1);
        Change change;
        if (was < 0 && where < 0) {
            return;
        } else if (was < 0) {
            change = inserted(table, row.key, lsn(), image(row, type, where));
        } else if (where < 0) {
            change = deleted(table, row.key, lsn(), image(row, type, was));
        } else {
            change = updated(table, row.key, lsn(), image(row, type, was), image(row, type, where));
        }
        rows.put(row, where);
        append(
                row.tenant,
                change,
                Optional.of(new Moved(row.tenant, code + ":" + row.key, channel(type, was), channel(type, where))));
    }

    private void append(String key, Change change, Optional<Moved> moved) {
        log.add(new Logged(key, change, moved));
        Set<Seat> seats = new HashSet<>();
        members.forEach((row, member) -> seats.add(new Seat(row.tenant, "room:" + member.room, member.principal)));
        seatsAt.add(seats);
        Set<Row> ended = new HashSet<>(keys.keySet());
        ended.removeIf(keys::get);
        endedKeysAt.add(ended);
    }

    private long lsn() {
        return 1_000 + log.size();
    }

    private static Optional<String> channel(String type, int id) {
        return id < 0 ? Optional.empty() : Optional.of(type + ":" + id);
    }

    private static Map<String, String> image(Member member) {
        return Map.of(
                "room_id", "" + member.room, "user_id", '"' + member.principal + '"', "role", '"' + member.role + '"');
    }

    /// Every value that is delivered names the tenant.
    private static Map<String, String> image(Row row, String type, int where) {
        return Map.of("id", row.key, type + "_id", "" + where, "title", "\"of " + row.tenant + '"');
    }
}
