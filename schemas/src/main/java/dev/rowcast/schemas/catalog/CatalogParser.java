package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.catalog.YamlValue.Where;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Reads one file into a [Catalog]. Each method reads one kind of mapping and, having seen all its keys, makes the
/// record, or nothing when some key was refused. One parser reads one file.
final class CatalogParser {
    private final Problems problems;
    private final Map<String, ChannelType> channels = new LinkedHashMap<>();
    private final Map<TableName, TableRule> tables = new LinkedHashMap<>();
    private final Map<String, EventType> events = new LinkedHashMap<>();
    private final Set<TableName> declaredTables = new LinkedHashSet<>();
    private final List<ReadRoute> reads = new ArrayList<>();
    private HighVolume highVolume = HighVolume.NONE;
    private Optional<ShardBy> shardBy = Optional.empty();
    private boolean shardByRefused;

    CatalogParser(String fileName) {
        this.problems = new Problems(fileName);
    }

    /// @throws CatalogException with everything that is wrong with the text
    Catalog parse(String yaml) {
        Optional<YamlValue> file = new YamlReader(problems).read(yaml);
        problems.throwIfAny();
        YamlValue top = file.orElse(new YamlValue.Nothing(Where.TOP));
        Optional<Catalog> catalog = Section.of(top, problems).flatMap(section -> catalog(section, top));
        problems.throwIfAny();
        return catalog.orElseThrow(() -> new IllegalStateException("No catalog and no problem in " + yaml.length()));
    }

    private Optional<Catalog> catalog(Section top, YamlValue file) {
        top.only("source", "tenancy", "channels", "tables", "events", "journal", "reads");
        Optional<String> source = top.required("source", Names.SOURCE::check);
        Optional<Tenancy> tenancy = top.requiredSection("tenancy").flatMap(this::tenancy);
        Set<String> declaredTypes =
                top.optionalSection("channels").map(this::channels).orElse(Set.of());
        top.requiredSection("tables").ifPresent(this::tables);
        top.optionalSection("events").ifPresent(this::events);
        top.optionalSection("reads").ifPresent(this::reads);
        JournalLimits journal =
                top.optionalSection("journal").flatMap(this::journal).orElse(JournalLimits.DEFAULTS);
        List<CatalogRules.Finding> findings = new ArrayList<>(
                CatalogRules.check(channels.values(), declaredTypes, tables.values(), declaredTables, events.values()));
        if (!shardByRefused) {
            findings.addAll(ShardRules.check(shardBy, channels.values(), declaredTypes, tables.values()));
        }
        findings.addAll(CatalogRules.checkReads(reads, tables.values()));
        for (CatalogRules.Finding finding : findings) {
            problems.add(locate(file, finding.path()), finding.code(), finding.message(), finding.fix());
        }
        problems.throwIfAny();
        return source.flatMap(name -> tenancy.map(
                kind -> new Catalog(name, kind, channels, tables, events, journal, highVolume, shardBy, reads)));
    }

    private Optional<Tenancy> tenancy(Section tenancy) {
        tenancy.only("column", "constant", "high-volume", "shard-by");
        Optional<Tenancy> column = tenancy.optional("column", Tenancy.Column::new);
        Optional<Tenancy> constant = tenancy.optional("constant", Tenancy.Constant::new);
        if (tenancy.has("column") == tenancy.has("constant")) {
            problems.add(
                    tenancy.where(),
                    tenancy.has("column") ? CatalogCode.CONFLICT : CatalogCode.MISSING_KEY,
                    tenancy.has("column") ? "has both column and constant" : "has neither column nor constant",
                    "write {column: name} where tables hold the tenant, {constant: default} where there is one tenant");
        }
        highVolume(tenancy);
        tenancy.optionalSection("shard-by").ifPresent(split -> shardBy(split, constant));
        shardByRefused = tenancy.has("shard-by") && shardBy.isEmpty();
        return column.or(() -> constant);
    }

    private void highVolume(Section tenancy) {
        List<String> tenants = tenancy.list("high-volume", Names.TENANT::check);
        if (!tenants.isEmpty() && tenancy.has("constant")) {
            problems.add(
                    tenancy.where(),
                    CatalogCode.CONFLICT,
                    "has both constant and high-volume, and one tenant shares its topic with nobody",
                    "remove high-volume");
        }
        problems.attempt(tenancy.where(), () -> new HighVolume(tenants)).ifPresent(named -> highVolume = named);
    }

    /// @param constant the only tenant; then it need not be named
    private void shardBy(Section split, Optional<Tenancy> constant) {
        split.only("channel", "shards", "tenants");
        Optional<String> channel = split.required("channel", Names.CHANNEL_TYPE::check);
        Optional<Long> shards = split.requiredNumber("shards");
        List<String> only = constant.stream()
                .map(tenancy -> ((Tenancy.Constant) tenancy).tenant())
                .toList();
        List<String> tenants = only.isEmpty()
                ? split.requiredList("tenants", Names.TENANT::check)
                : split.has("tenants") ? split.list("tenants", Names.TENANT::check) : only;
        if (!only.isEmpty() && split.sound() && !tenants.equals(only)) {
            problems.add(
                    split.where(),
                    CatalogCode.CONFLICT,
                    "splits " + String.join(", ", tenants) + ", and the only tenant is " + only.getFirst(),
                    "remove tenants");
        } else if (split.sound()) {
            shardBy = problems.attempt(
                    split.where(),
                    () -> new ShardBy(
                            channel.orElseThrow(), Math.clamp(shards.orElseThrow(), 0, Integer.MAX_VALUE), tenants));
        }
    }

    /// @return the declared types, also those whose declaration was refused
    private Set<String> channels(Section section) {
        section.values()
                .forEach((name, value) -> Section.of(value, problems)
                        .flatMap(type -> channelType(name, type))
                        .ifPresent(type -> channels.put(name, type)));
        return section.values().keySet();
    }

    private Optional<ChannelType> channelType(String name, Section type) {
        type.only("access", "members", "presence", "broadcast");
        Optional<Access> access = type.required("access", CatalogParser::access);
        Optional<Members> members = type.optionalSection("members").flatMap(this::members);
        Presence presence = type.optional("presence", CatalogParser::presence).orElse(Presence.NONE);
        boolean broadcast = type.flag("broadcast");
        if (!type.sound() || (type.has("members") && members.isEmpty())) {
            problems.attempt(type.where(), () -> Names.CHANNEL_TYPE.check(name));
            return Optional.empty();
        }
        return access.flatMap(
                who -> problems.attempt(type.where(), () -> new ChannelType(name, who, members, presence, broadcast)));
    }

    private Optional<Members> members(Section members) {
        members.only("table", "channel", "principal", "role");
        Optional<TableName> table = members.required("table", TableName::parse);
        Optional<String> channel = members.required("channel", Names.IDENTIFIER::check);
        Optional<String> principal = members.required("principal", Names.IDENTIFIER::check);
        Optional<String> role = members.optional("role", Names.IDENTIFIER::check);
        return members.sound()
                ? Optional.of(new Members(table.orElseThrow(), channel.orElseThrow(), principal.orElseThrow(), role))
                : Optional.empty();
    }

    private void tables(Section section) {
        if (section.values().isEmpty()) {
            problems.add(
                    section.where(),
                    CatalogCode.BAD_VALUE,
                    "the catalog names no table",
                    "add schema.table: {entity: …}");
        }
        section.values().forEach((key, value) -> {
            Optional<TableName> name = problems.attempt(value.where(), () -> TableName.parse(key));
            name.ifPresent(declaredTables::add);
            Section.of(value, problems)
                    .flatMap(table -> rule(name, table))
                    .ifPresent(rule -> tables.put(rule.table(), rule));
        });
    }

    private Optional<TableRule> rule(Optional<TableName> name, Section table) {
        table.only("entity", "channels", "parent", "deliver", "evict", "event", "insert-only", "shard", "read");
        Optional<String> entity = table.optional("entity", Names.ENTITY::check);
        List<Template> channels = table.list("channels", Template::of);
        Optional<Parent> parent = table.optionalSection("parent").flatMap(this::parent);
        List<String> deliver = table.list("deliver", Names.IDENTIFIER::check);
        List<Template> evict = table.list("evict", Template::of);
        Optional<Template> event = table.optional("event", Template::of);
        boolean insertOnly = table.flag("insert-only");
        Optional<String> shard = table.optional("shard", Names.IDENTIFIER::check);
        Optional<RowReads> reads = table.optionalSection("read").flatMap(this::rowReads);
        if (name.isEmpty()
                || !table.sound()
                || (table.has("parent") && parent.isEmpty())
                || (table.has("read") && reads.isEmpty())) {
            return Optional.empty();
        }
        return problems.attempt(
                table.where(),
                () -> new TableRule(
                        name.get(),
                        entity,
                        channels,
                        parent,
                        deliver,
                        evict,
                        event,
                        insertOnly,
                        shard,
                        reads.orElse(RowReads.AS_DELIVERED)));
    }

    private Optional<RowReads> rowReads(Section read) {
        read.only("columns", "row-security");
        List<String> columns = read.list("columns", Names.IDENTIFIER::check);
        boolean rowSecurity = read.flag("row-security");
        return read.sound()
                ? problems.attempt(read.where(), () -> new RowReads(columns, rowSecurity))
                : Optional.empty();
    }

    private Optional<Parent> parent(Section parent) {
        parent.only("table", "by");
        Optional<TableName> table = parent.required("table", TableName::parse);
        Optional<String> by = parent.required("by", Names.IDENTIFIER::check);
        return parent.sound() ? Optional.of(new Parent(table.orElseThrow(), by.orElseThrow())) : Optional.empty();
    }

    private void events(Section section) {
        section.values()
                .forEach((name, value) -> Section.of(value, problems)
                        .flatMap(event -> eventType(name, event))
                        .ifPresent(event -> events.put(name, event)));
    }

    private Optional<EventType> eventType(String name, Section event) {
        event.only("channels");
        List<String> channels = event.requiredList("channels", Names.CHANNEL_TYPE::check);
        if (!event.sound()) {
            problems.attempt(event.where(), () -> Names.EVENT.check(name));
            return Optional.empty();
        }
        return problems.attempt(event.where(), () -> new EventType(name, channels));
    }

    private void reads(Section section) {
        section.values()
                .forEach((path, value) -> Section.of(value, problems)
                        .flatMap(read -> read(path, read))
                        .ifPresent(reads::add));
    }

    private Optional<ReadRoute> read(String path, Section read) {
        read.only("entity", "id", "channel", "ttl");
        Optional<String> entity = read.required("entity", Names.ENTITY::check);
        Optional<String> id = read.optional("id", Function.identity());
        Optional<String> channel = read.optional("channel", Function.identity());
        Optional<Duration> ttl = read.optional("ttl", ReadRoute::ttl);
        return read.sound()
                ? problems.attempt(read.where(), () -> new ReadRoute(path, entity.orElseThrow(), id, channel, ttl))
                : Optional.empty();
    }

    private Optional<JournalLimits> journal(Section journal) {
        journal.only("changes", "bytes", "minutes");
        JournalLimits defaults = JournalLimits.DEFAULTS;
        long changes = journal.number("changes").orElse((long) defaults.changes());
        long bytes = journal.bytes("bytes").orElse(defaults.bytes());
        long minutes = journal.number("minutes").orElse(defaults.age().toMinutes());
        return journal.sound()
                ? problems.attempt(
                        journal.where(),
                        () -> new JournalLimits(
                                Math.clamp(changes, 0, Integer.MAX_VALUE), bytes, Duration.ofMinutes(minutes)))
                : Optional.empty();
    }

    private static Access access(String text) {
        return named(Access.values(), text, "is no access", "write members, tenant or public");
    }

    private static Presence presence(String text) {
        return named(Presence.values(), text, "is no presence", "write none, count or members");
    }

    private static <E extends Enum<E>> E named(E[] values, String text, String complaint, String fix) {
        return Arrays.stream(values)
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() ->
                        new BadValueException(CatalogCode.BAD_VALUE, Excerpt.quoted(text) + " " + complaint, fix));
    }

    /// The place that a path of keys leads to, or as far towards it as the file goes.
    private static Where locate(YamlValue file, List<String> path) {
        YamlValue at = file;
        for (String key : path) {
            YamlValue next = switch (at) {
                case YamlValue.Fields fields -> fields.values().get(key);
                case YamlValue.Items items -> items.values().get(Integer.parseInt(key.substring(1, key.length() - 1)));
                default -> null;
            };
            if (next == null) {
                break;
            }
            at = next;
        }
        return at.where();
    }
}
