package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import dev.rowcast.schemas.yaml.FileProblems;
import dev.rowcast.schemas.yaml.Section;
import dev.rowcast.schemas.yaml.YamlValue;
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
    private final FileProblems problems;
    private final Map<String, ChannelType> channels = new LinkedHashMap<>();
    private final Map<TableName, TableRule> tables = new LinkedHashMap<>();
    private final Map<String, EventType> events = new LinkedHashMap<>();
    private final Set<TableName> declaredTables = new LinkedHashSet<>();
    private final List<ReadRoute> reads = new ArrayList<>();
    private final TenancyParser whose;

    CatalogParser(String fileName) {
        this.problems = new FileProblems(fileName, CatalogCode::of, CatalogException::new);
        this.whose = new TenancyParser(problems);
    }

    /// @throws CatalogException with everything that is wrong with the text
    Catalog parse(String yaml) {
        Optional<YamlValue> file = YamlValue.read(yaml, Catalog.MAX_BYTES, problems);
        problems.throwIfAny();
        YamlValue top = file.orElse(new YamlValue.Nothing(YamlValue.Where.TOP));
        Optional<Catalog> catalog = Section.of(top, problems).flatMap(section -> catalog(section, top));
        problems.throwIfAny();
        return catalog.orElseThrow(() -> new IllegalStateException("No catalog and no problem in " + yaml.length()));
    }

    private Optional<Catalog> catalog(Section top, YamlValue file) {
        top.only("source", "tenancy", "channels", "tables", "events", "journal", "reads");
        Optional<String> source = top.required("source", Names.SOURCE::check);
        Optional<Tenancy> tenancy = top.requiredSection("tenancy").flatMap(whose::tenancy);
        Set<String> declaredTypes =
                top.optionalSection("channels").map(this::channels).orElse(Set.of());
        top.requiredSection("tables").ifPresent(this::tables);
        top.optionalSection("events").ifPresent(this::events);
        top.optionalSection("reads").ifPresent(this::reads);
        JournalLimits journal =
                top.optionalSection("journal").flatMap(this::journal).orElse(JournalLimits.DEFAULTS);
        List<CatalogRules.Finding> findings = new ArrayList<>(
                CatalogRules.check(channels.values(), declaredTypes, tables.values(), declaredTables, events.values()));
        if (!whose.isShardByRefused()) {
            findings.addAll(ShardRules.check(whose.shardBy(), channels.values(), declaredTypes, tables.values()));
        }
        findings.addAll(CatalogRules.checkReads(reads, tables.values()));
        for (CatalogRules.Finding finding : findings) {
            problems.add(file.find(finding.path()), finding.code(), finding.message(), finding.fix());
        }
        problems.throwIfAny();
        return source.flatMap(name -> tenancy.map(kind -> new Catalog(
                name, kind, channels, tables, events, journal, whose.highVolume(), whose.shardBy(), reads)));
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
        TableParser parser = new TableParser(problems);
        section.values().forEach((key, value) -> {
            Optional<TableName> name = problems.attempt(value.where(), () -> TableName.parse(key));
            name.ifPresent(declaredTables::add);
            Section.of(value, problems)
                    .flatMap(table -> parser.rule(name, table))
                    .ifPresent(rule -> tables.put(rule.table(), rule));
        });
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
}
