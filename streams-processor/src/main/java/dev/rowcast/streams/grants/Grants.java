package dev.rowcast.streams.grants;

import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.history.Histories;
import dev.rowcast.streams.history.History;
import dev.rowcast.streams.history.HistoryLimits;
import dev.rowcast.streams.history.HistorySerde;
import dev.rowcast.streams.history.Knowledge;
import dev.rowcast.streams.history.Moment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.streams.state.KeyValueStore;

/// The memberships of one partition, with their history: what follows from a change of theirs, and who was a member
/// when. Asking as of a place in the log gives the same answer however often the log is read.
public final class Grants {

    /// One principal in one channel.
    private record Seat(TenantId tenant, String channel, String principal) {}

    private final MembersTables tables;
    private final Histories<Membership> histories;
    private final Map<Seat, Set<String>> rowsBySeat = new HashMap<>();
    private Moment now = Moment.BEGINNING;

    /// Reads the store, which is restored by now.
    public Grants(Catalog catalog, KeyValueStore<String, History<Membership>> store) {
        this.tables = new MembersTables(catalog);
        this.histories = new Histories<>(store, HistoryLimits.DEFAULTS);
        histories.forEach((key, history) -> index(key, History.empty(), history));
    }

    public static Serde<History<Membership>> serde() {
        return HistorySerde.of(Membership.serde());
    }

    /// The log was read up to here.
    public void advance(Moment moment) {
        now = moment;
        histories.advance(moment).forEach((key, over) -> index(key, over, History.empty()));
    }

    /// The last moment that was processed.
    public Moment now() {
        return now;
    }

    /// Takes what a change says about memberships and keys; of no other change anything.
    ///
    /// @param tenant whose the row is; empty where it stands for every tenant's
    /// @return who had something until right before this moment and has it no more
    /// @throws IllegalArgumentException when it is about one row and no tenant is said
    public Set<Revocation> apply(Optional<TenantId> tenant, RowChange row, Moment at) {
        List<String> types = tables.types(row.getTable());
        if (types.isEmpty()) {
            return Set.of();
        }
        if (row.getOp() == Operation.TRUNCATE || row.getOp() == Operation.RESET) {
            return revoked(
                    histories.removeAll(at, key -> {
                        RowKey decoded = RowKey.decode(key);
                        return types.contains(decoded.type()) && decoded.isOf(tenant);
                    }),
                    at);
        }
        TenantId owner = tenant.orElseThrow(() -> new IllegalArgumentException("a membership of no tenant"));
        List<String> keys = new ArrayList<>();
        for (String type : types) {
            String key = new RowKey(owner, type, row.getKey()).encoded();
            Optional<Membership> after = after(type, row, key, at);
            History<Membership> known = histories.history(key);
            histories.put(key, at, after);
            index(key, known, histories.history(key));
            keys.add(key);
            if (type.equals(MembersTables.KEYS) && after.isEmpty()) {
                // Also when it was never seen: it was not refused then.
                return Set.of(new Revocation.OfKey(owner, row.getKey()));
            }
        }
        return revoked(keys, at);
    }

    /// What cannot be understood lets nobody in.
    private Optional<Membership> after(String type, RowChange row, String key, Moment at) {
        try {
            return row.getOp() == Operation.UNKNOWN
                    ? Optional.empty()
                    : tables.after(
                            type, row, () -> histories.asOf(key, at.previous()).certain());
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }

    /// A change was lost that may have ended any membership: nobody is a member until the rows of the members tables
    /// come again. Keys stay, because who connects with one is asked about it elsewhere.
    ///
    /// @param tenant empty for every tenant
    /// @return who had something until right before this moment and has it no more
    public Set<Revocation> suspend(Optional<TenantId> tenant, Moment at) {
        return revoked(
                histories.removeAll(at, key -> {
                    RowKey decoded = RowKey.decode(key);
                    return !decoded.type().equals(MembersTables.KEYS) && decoded.isOf(tenant);
                }),
                at);
    }

    /// A snapshot ended: what it did not show is gone.
    public Set<Revocation> endSnapshot(Moment began, Moment at) {
        return revoked(histories.removeUnconfirmed(began, at, key -> true), at);
    }

    /// The member's role, where there was a membership; the least in the alphabet of several.
    ///
    /// @param principal a user's `sub`, or a key's id
    public Knowledge<String> role(TenantId tenant, String channel, String principal, Moment at) {
        if (histories.isTooLongAgo(at)) {
            return new Knowledge.Unknown<>();
        }
        Optional<String> role = Optional.empty();
        boolean unknown = false;
        for (String key : rowsBySeat.getOrDefault(new Seat(tenant, channel, principal), Set.of())) {
            switch (histories.asOf(key, at)) {
                case Knowledge.Known<Membership>(Optional<Membership> said) -> {
                    if (said.isPresent() && said.get().isOf(channel, principal)) {
                        String found = said.get().role();
                        role = Optional.of(
                                role.filter(other -> other.compareTo(found) < 0).orElse(found));
                    }
                }
                case Knowledge.Unknown<Membership> tooLongAgo -> unknown = true;
            }
        }
        return role.isEmpty() && unknown ? new Knowledge.Unknown<>() : new Knowledge.Known<>(role);
    }

    /// Whether the API key is known to have ended by now. Of a key that was never seen that is not known.
    public boolean hasEnded(TenantId tenant, String keyId) {
        History<Membership> history = histories.history(new RowKey(tenant, MembersTables.KEYS, keyId).encoded());
        return history.since(now).isPresent() && history.asOf(now).certain().isEmpty();
    }

    /// When the principal was a member, between two places of one incarnation of the log.
    ///
    /// @param after exclusive
    /// @param until inclusive
    public Knowledge<List<Span>> spans(TenantId tenant, String channel, String principal, Moment after, Moment until) {
        Moment first = new Moment(after.generation(), after.offset() + 1);
        NavigableSet<Moment> turns = new TreeSet<>(Set.of(first));
        for (String key : rowsBySeat.getOrDefault(new Seat(tenant, channel, principal), Set.of())) {
            histories.history(key).entries().forEach(entry -> turns.add(entry.at()));
        }
        List<Span> spans = new ArrayList<>();
        long open = -1;
        boolean inside = false;
        for (Moment turn : turns.tailSet(first, true)) {
            if (turn.compareTo(until) > 0) {
                break;
            }
            switch (role(tenant, channel, principal, turn)) {
                case Knowledge.Unknown<String> unknown -> {
                    return new Knowledge.Unknown<>();
                }
                case Knowledge.Known<String>(Optional<String> role) -> {
                    if (role.isPresent() && !inside) {
                        open = turn.offset() - 1;
                    } else if (role.isEmpty() && inside) {
                        spans.add(new Span(open, turn.offset() - 1));
                    }
                    inside = role.isPresent();
                }
            }
        }
        if (inside) {
            spans.add(new Span(open, until.offset()));
        }
        return new Knowledge.Known<>(Optional.of(spans));
    }

    /// What every row said that ever let the principal into the channel, as far as it is known, by the row's key.
    public Map<String, History<Membership>> memberships(TenantId tenant, String channel, String principal) {
        Map<String, History<Membership>> memberships = new TreeMap<>();
        for (String key : rowsBySeat.getOrDefault(new Seat(tenant, channel, principal), Set.of())) {
            memberships.put(RowKey.decode(key).key(), histories.history(key));
        }
        return memberships;
    }

    /// Whether it is too long ago to say who was no member then.
    public boolean isTooLongAgo(Moment at) {
        return histories.isTooLongAgo(at);
    }

    /// The row of a members table that a key of the store stands for; empty for a row of the API keys.
    public static Optional<String> row(String storeKey) {
        RowKey key = RowKey.decode(storeKey);
        return key.type().equals(MembersTables.KEYS) ? Optional.empty() : Optional.of(key.key());
    }

    /// Of rows that said something before this moment: whom nothing lets in any more.
    private Set<Revocation> revoked(Collection<String> keys, Moment at) {
        Set<Revocation> revoked = new LinkedHashSet<>();
        for (String key : keys) {
            TenantId tenant = RowKey.decode(key).tenant();
            histories.asOf(key, at.previous()).certain().ifPresent(said -> {
                if (said.channel().isEmpty()) {
                    if (histories.asOf(key, at).certain().isEmpty()) {
                        revoked.add(new Revocation.OfKey(tenant, said.principal()));
                    }
                } else if (role(tenant, said.channel(), said.principal(), at)
                        .certain()
                        .isEmpty()) {
                    revoked.add(new Revocation.OfMembership(tenant, said.channel(), said.principal()));
                }
            });
        }
        return revoked;
    }

    private void index(String key, History<Membership> before, History<Membership> after) {
        if (before.equals(after)) {
            return;
        }
        Set<Seat> seats = seats(key, after);
        seats.forEach(seat ->
                rowsBySeat.computeIfAbsent(seat, unseen -> new HashSet<>(2)).add(key));
        for (Seat seat : seats(key, before)) {
            if (!seats.contains(seat)) {
                rowsBySeat.computeIfPresent(seat, (same, rows) -> rows.remove(key) && rows.isEmpty() ? null : rows);
            }
        }
    }

    private static Set<Seat> seats(String key, History<Membership> history) {
        TenantId tenant = RowKey.decode(key).tenant();
        return history.values()
                .filter(said -> !said.channel().isEmpty())
                .map(said -> new Seat(tenant, said.channel(), said.principal()))
                .collect(Collectors.toSet());
    }
}
