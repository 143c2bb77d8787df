package dev.rowcast.streams.grants;

import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.ChannelType;
import dev.rowcast.schemas.catalog.Members;
import dev.rowcast.schemas.topic.Topics;
import dev.rowcast.streams.rows.RowText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/// The tables whose rows let somebody in, and what a row of each says.
final class MembersTables {

    /// The type under which API keys are kept: no channel type has an empty name.
    static final String KEYS = "";

    private static final Membership NOTHING = new Membership("", "", "");

    private final Map<String, Map<String, Members>> typesByTable = new HashMap<>();

    MembersTables(Catalog catalog) {
        for (ChannelType type : catalog.channels().values()) {
            type.members()
                    .ifPresent(members -> typesByTable
                            .computeIfAbsent(members.table().toString(), unseen -> new HashMap<>())
                            .put(type.name(), members));
        }
    }

    /// The channel types that the table's rows are about; none for a table that lets nobody in.
    List<String> types(String table) {
        return table.equals(Topics.API_KEYS_TABLE)
                ? List.of(KEYS)
                : new ArrayList<>(typesByTable.getOrDefault(table, Map.of()).keySet());
    }

    /// What the row says of channels of this type after the change; empty when it lets nobody in.
    ///
    /// @param before what it said before, for columns that did not change and were not sent
    Optional<Membership> after(String type, RowChange row, Supplier<Optional<Membership>> before) {
        if (row.getAfter() == null) {
            return Optional.empty();
        }
        if (type.equals(KEYS)) {
            return Optional.of(new Membership("", row.getKey(), ""));
        }
        Members members = Objects.requireNonNull(
                typesByTable.getOrDefault(row.getTable(), Map.of()).get(type));
        Membership old = row.getUnchanged().isEmpty() ? NOTHING : before.get().orElse(NOTHING);
        Optional<String> id = column(row, members.channel(), old.channel().isEmpty() ? "" : id(old.channel()));
        Optional<String> principal = column(row, members.principal(), old.principal());
        Optional<String> role = members.role().flatMap(name -> column(row, name, old.role()));
        return id.flatMap(channel -> principal.map(who -> new Membership(type + ":" + channel, who, role.orElse(""))));
    }

    private static Optional<String> column(RowChange row, String name, String old) {
        return row.getUnchanged().contains(name)
                ? Optional.of(old).filter(value -> !value.isEmpty())
                : RowText.of(row.getAfter(), name);
    }

    private static String id(String channel) {
        return channel.substring(channel.indexOf(':') + 1);
    }
}
