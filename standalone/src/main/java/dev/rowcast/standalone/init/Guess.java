package dev.rowcast.standalone.init;

import dev.rowcast.schemas.catalog.TableName;
import dev.rowcast.standalone.init.FoundTable.FoundColumn;
import dev.rowcast.standalone.init.FoundTable.Link;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Guesses a catalog from tables. A pure function: the same tables give the same draft. Each guess says why, so that
/// a person can see where it went wrong.
///
/// A table that others point to, and that points to none, is a channel: its rows and those below it are followed
/// together. What stands alone is followed by the whole tenant.
final class Guess {

    private static final Pattern SPELLED = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");
    private static final Pattern PLAIN = Pattern.compile("(?!bytea$|jsonb?$|xml$|.*\\[]$).*");

    private final String source;
    private final Map<String, FoundTable> captured = new LinkedHashMap<>();
    private final List<String> guesses = new ArrayList<>();
    private final List<String> leftOut = new ArrayList<>();
    private final Map<String, Draft.Type> types = new LinkedHashMap<>();
    private final Map<String, String> typeOf = new LinkedHashMap<>();
    private final Set<String> entities = new HashSet<>();
    private Optional<String> tenant = Optional.empty();

    private Guess(String source) {
        this.source = source;
    }

    static Draft of(String source, Collection<FoundTable> tables) {
        Guess guess = new Guess(source);
        tables.forEach(guess::consider);
        guess.tenancy();
        return guess.draft();
    }

    /// One usable foreign key, reduced to the one column that matters.
    private record Edge(String from, FoundTable target, String to) {}

    private void consider(FoundTable table) {
        Optional<String> secret = table.columns().keySet().stream()
                .filter(column -> Words.SECRETS.matcher(Words.lower(column)).matches())
                .findFirst();
        String name = Words.lower(table.name());
        if (!SPELLED.matcher(table.schema()).matches()
                || !SPELLED.matcher(table.name()).matches()) {
            leaveOut(table, "a catalog spells names with letters, digits and _ only");
        } else if (Words.BOOKKEEPING.matcher(name).matches()) {
            leaveOut(table, "by its name it is a tool's bookkeeping");
        } else if (Words.SECRETS.matcher(name).matches()) {
            leaveOut(table, "by its name it holds credentials, and every column would stand in the raw topic");
        } else if (secret.isPresent()) {
            leaveOut(table, "column %s looks secret, and would stand in the raw topic".formatted(secret.get()));
        } else if (table.primaryKey().isEmpty()) {
            leaveOut(table, "it has no primary key; ALTER TABLE … ADD PRIMARY KEY (…), then run init again");
        } else {
            captured.put(table.id(), table);
        }
    }

    private void tenancy() {
        String best = "";
        int most = 0;
        for (String candidate : Words.TENANTS) {
            int count = (int) captured.values().stream()
                    .filter(table -> table.columns().get(candidate) instanceof FoundColumn column && !column.nullable())
                    .count();
            if (count > most) {
                best = candidate;
                most = count;
            }
        }
        if (most * 2 <= captured.size()) {
            guesses.add("tenancy: one tenant, named default"
                    + (most == 0
                            ? ", because no table has a column like tenant_id, site_id or org_id"
                            : ", because %s is in %d of %d tables only".formatted(best, most, captured.size())));
            return;
        }
        tenant = Optional.of(best);
        guesses.add("tenancy: column %s, because it is there and not null in %d of %d tables"
                .formatted(best, most, captured.size()));
        for (FoundTable table : List.copyOf(captured.values())) {
            FoundColumn column = table.columns().get(best);
            if (column == null) {
                captured.remove(table.id());
                leaveOut(table, "it has no column " + best);
            } else if (column.nullable()) {
                captured.remove(table.id());
                leaveOut(
                        table,
                        "%s may be null; ALTER TABLE … ALTER COLUMN %s SET NOT NULL, then run init again"
                                .formatted(best, best));
            }
        }
    }

    private Draft draft() {
        Map<String, FoundTable> roots = roots();
        roots.values().forEach(this::rootType);
        // Three levels down a row cannot see its root; its parent becomes a channel of its own.
        for (FoundTable table : captured.values()) {
            if (!roots.containsKey(table.id())
                    && !edges(table).isEmpty()
                    && direct(table).isEmpty()
                    && viaParent(table).isEmpty()) {
                edges(table).stream().findFirst().ifPresent(edge -> {
                    if (!typeOf.containsKey(edge.target().id())) {
                        rootType(edge.target());
                    }
                });
            }
        }
        members();
        List<Draft.Rule> rules = new ArrayList<>();
        captured.values().forEach(table -> rules.add(rule(table)));
        return new Draft(source, tenant, List.copyOf(types.values()), rules, guesses, leftOut);
    }

    private Map<String, FoundTable> roots() {
        Map<String, FoundTable> roots = new LinkedHashMap<>();
        for (FoundTable table : captured.values()) {
            if (edges(table).isEmpty() && isReferenced(table)) {
                roots.put(table.id(), table);
            }
        }
        return roots;
    }

    private boolean isReferenced(FoundTable table) {
        return captured.values().stream()
                .flatMap(other -> edges(other).stream())
                .anyMatch(edge -> edge.target().id().equals(table.id()));
    }

    private void rootType(FoundTable table) {
        String name = unique(Words.singular(table.name()), table, types.keySet());
        types.put(name, new Draft.Type(name, Optional.empty()));
        typeOf.put(table.id(), name);
        List<String> below = captured.values().stream()
                .filter(other -> edges(other).stream()
                        .anyMatch(edge -> edge.target().id().equals(table.id())))
                .map(FoundTable::id)
                .toList();
        guesses.add("channel %s: rows of %s, because foreign keys of %s point to it"
                .formatted(name, table.id(), String.join(", ", below)));
    }

    /// Foreign keys to tables that are captured, without those to people, to itself, and of several columns.
    private List<Edge> edges(FoundTable table) {
        List<Edge> edges = new ArrayList<>();
        for (Link link : table.links()) {
            FoundTable target = captured.get(link.target());
            Optional<String[]> pair = link.single(tenant);
            if (target == null || pair.isEmpty() || target.id().equals(table.id()) || isPeople(target)) {
                continue;
            }
            String from = pair.get()[0];
            if (SPELLED.matcher(from).matches()
                    && ownKey(target).filter(pair.get()[1]::equals).isPresent()) {
                edges.add(new Edge(from, target, pair.get()[1]));
            }
        }
        return edges;
    }

    /// The column that tells the table's rows apart within a tenant.
    private Optional<String> ownKey(FoundTable table) {
        List<String> key = new ArrayList<>(table.primaryKey());
        if (key.size() > 1) {
            tenant.ifPresent(key::remove);
        }
        return key.size() == 1 && SPELLED.matcher(key.getFirst()).matches()
                ? Optional.of(key.getFirst())
                : Optional.empty();
    }

    private static boolean isPeople(FoundTable table) {
        return Words.PEOPLE.matcher(Words.lower(table.name())).matches();
    }

    private List<Edge> direct(FoundTable table) {
        return edges(table).stream()
                .filter(edge -> typeOf.containsKey(edge.target().id()))
                .toList();
    }

    /// The link to a parent that is in a channel itself, with the parent's link there.
    private Optional<Edge[]> viaParent(FoundTable table) {
        for (Edge edge : edges(table)) {
            List<Edge> above = direct(edge.target());
            if (!above.isEmpty() && edge.target().primaryKey().size() == 1) {
                return Optional.of(new Edge[] {edge, above.getFirst()});
            }
        }
        return Optional.empty();
    }

    private void members() {
        for (FoundTable table : captured.values()) {
            Optional<String> principal = principal(table);
            Optional<String> role =
                    Words.ROLES.stream().filter(table.columns()::containsKey).findFirst();
            boolean named =
                    Words.MEMBERS_TABLE.matcher(Words.lower(table.name())).matches();
            if (principal.isEmpty() || (!named && role.isEmpty())) {
                continue;
            }
            for (Edge edge : direct(table)) {
                String type = typeOf.getOrDefault(edge.target().id(), "");
                Draft.Type known = types.get(type);
                boolean once =
                        table.uniques().stream().anyMatch(unique -> isPair(unique, edge.from(), principal.get()));
                if (known != null && known.members().isEmpty() && (named || once)) {
                    types.put(
                            type,
                            new Draft.Type(
                                    type,
                                    Optional.of(new Draft.Members(name(table), edge.from(), principal.get(), role))));
                    guesses.add("members of channel %s: %s, because it has %s and %s%s"
                            .formatted(
                                    type,
                                    table.id(),
                                    edge.from(),
                                    principal.get(),
                                    role.map(column -> " and " + column).orElse("")));
                    break;
                }
            }
        }
    }

    private boolean isPair(List<String> unique, String channel, String principal) {
        Set<String> columns = new HashSet<>(unique);
        tenant.ifPresent(columns::remove);
        return columns.equals(Set.of(channel, principal));
    }

    private Optional<String> principal(FoundTable table) {
        return Words.PRINCIPALS.stream()
                .filter(table.columns()::containsKey)
                .findFirst()
                .or(() -> table.links().stream()
                        .filter(link ->
                                Words.PEOPLE.matcher(Words.lower(link.table())).matches())
                        .flatMap(link -> link.single(tenant).stream())
                        .map(pair -> pair[0])
                        .filter(column -> SPELLED.matcher(column).matches())
                        .findFirst());
    }

    private Draft.Rule rule(FoundTable table) {
        List<String> channels = new ArrayList<>();
        List<String> evict = new ArrayList<>();
        Optional<Draft.Parent> parent = Optional.empty();
        String own = typeOf.get(table.id());
        if (own != null) {
            ownKey(table).ifPresent(key -> {
                channels.add("%s:{%s}".formatted(own, key));
                evict.add("%s:{%s}".formatted(own, key));
            });
        }
        List<Edge> linked = direct(table);
        for (Edge edge : linked) {
            String type = typeOf.getOrDefault(edge.target().id(), "");
            channels.add("%s:{%s}".formatted(type, edge.from()));
            evict.add("%s:{%s}:%s".formatted(type, edge.from(), table.name()));
        }
        if (linked.isEmpty()) {
            Optional<Edge[]> via = viaParent(table);
            if (via.isPresent()) {
                Edge up = via.get()[0];
                Edge above = via.get()[1];
                parent = Optional.of(new Draft.Parent(name(up.target()), up.from()));
                channels.add("%s:{parent.%s}"
                        .formatted(typeOf.getOrDefault(above.target().id(), ""), above.from()));
                evict.add("%s:{%s}:%s".formatted(Words.singular(up.target().name()), up.from(), table.name()));
                guesses.add("%s is in the channel of its parent %s, through %s"
                        .formatted(table.id(), up.target().id(), up.from()));
            }
        }
        if (channels.isEmpty()) {
            alone(table, channels, evict);
        }
        Optional<String> event = event(table);
        event.ifPresent(column ->
                guesses.add("%s: its rows are events of the type in %s, because no column says when a row changed"
                        .formatted(table.id(), column)));
        String entity = unique(Words.singular(table.name()), table, entities);
        entities.add(entity);
        return new Draft.Rule(name(table), entity, event, parent, channels, evict, candidates(table), table);
    }

    private void alone(FoundTable table, List<String> channels, List<String> evict) {
        String type = tenant.map(column -> column.replaceFirst("_id$", "")).orElse("all");
        String free = typeOf.containsValue(type) ? "tenant" : type;
        types.putIfAbsent(free, new Draft.Type(free, Optional.empty()));
        String place = tenant.map(column -> "{" + column + "}").orElse(table.name());
        channels.add(free + ":" + place);
        evict.add(tenant.map(column -> free + ":" + place + ":" + table.name()).orElse(table.name()));
        guesses.add("%s: everybody in the tenant may follow it, because it belongs to no other table"
                .formatted(table.id()));
    }

    private Optional<String> event(FoundTable table) {
        boolean changes = table.columns().keySet().stream()
                .anyMatch(
                        column -> Words.CHANGED_AT.matcher(Words.lower(column)).matches());
        boolean isMembers = types.values().stream()
                .flatMap(type -> type.members().stream())
                .anyMatch(members -> members.table().equals(name(table)));
        if (changes || isMembers || isReferenced(table)) {
            return Optional.empty();
        }
        List<String> columns = new ArrayList<>(Words.EVENT_TYPES);
        if (Words.EVENT_TABLE.matcher(Words.lower(table.name())).matches()) {
            columns.addAll(Words.EVENT_TYPES_BY_TABLE);
        }
        return columns.stream()
                .filter(column -> table.columns().get(column) instanceof FoundColumn found
                        && !found.nullable()
                        && !found.generated()
                        && PLAIN.matcher(found.type()).matches())
                .findFirst();
    }

    private List<String> candidates(FoundTable table) {
        boolean people = isPeople(table);
        return table.columns().entrySet().stream()
                .filter(column -> SPELLED.matcher(column.getKey()).matches())
                .filter(column -> !column.getValue().generated()
                        && tenant.filter(column.getKey()::equals).isEmpty())
                .filter(column -> table.primaryKey().contains(column.getKey())
                        || !people
                                && !Words.PERSONAL
                                        .matcher(Words.lower(column.getKey()))
                                        .matches())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String unique(String name, FoundTable table, Collection<String> taken) {
        String short63 = name.length() > 63 ? name.substring(0, 63) : name;
        if (!taken.contains(short63)) {
            return short63;
        }
        String with = Words.singular(table.schema()) + "_" + name;
        String longer = with.length() > 60 ? with.substring(0, 60) : with;
        String free = longer;
        for (int i = 2; taken.contains(free); i++) {
            free = longer + i;
        }
        return free;
    }

    private static TableName name(FoundTable table) {
        return new TableName(table.schema(), table.name());
    }

    private void leaveOut(FoundTable table, String why) {
        leftOut.add(table.id() + ": " + why);
    }
}
