package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A `rowcast.yaml`, valid in itself: whoever holds a catalog need not check it again. Whether a database fits it is
/// [CatalogCheck]'s question.
///
/// The methods that collect columns walk the whole catalog; hold on to their answers where rows flow.
///
/// @param source the name of the database, which names the slot, the publication and the raw topics
/// @param channels the channel types by name, in the file's order
/// @param tables the rules by table, in the file's order; at least one
/// @param events the types of events that applications may publish, by name, in the file's order
/// @param journal how much of the past can be replayed from memory
/// @param highVolume the tenants whose events have a topic of their own
/// @param shardBy the tenants that are split over partitions, and by what
/// @param reads further addresses of the read API, in the file's order; of two that match the first counts
public record Catalog(
        String source,
        Tenancy tenancy,
        Map<String, ChannelType> channels,
        Map<TableName, TableRule> tables,
        Map<String, EventType> events,
        JournalLimits journal,
        HighVolume highVolume,
        Optional<ShardBy> shardBy,
        List<ReadRoute> reads) {
    /// The largest file that is read, in bytes.
    public static final int MAX_BYTES = 256 * 1024;

    /// Rowcast's own tables, which travel with the application's: credentials and the proof of life.
    public static final List<TableName> OWN_TABLES =
            List.of(new TableName("rowcast", "api_keys"), new TableName("rowcast", "heartbeat"));

    /// @throws IllegalArgumentException with the first thing wrong, when the parts are not valid together
    public Catalog {
        Names.SOURCE.check(source);
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
        events = Collections.unmodifiableMap(new LinkedHashMap<>(events));
        List<CatalogRules.Finding> findings = new ArrayList<>(CatalogRules.check(
                channels.values(), channels.keySet(), tables.values(), tables.keySet(), events.values()));
        findings.addAll(ShardRules.check(shardBy, channels.values(), channels.keySet(), tables.values()));
        reads = List.copyOf(reads);
        findings.addAll(CatalogRules.checkReads(reads, tables.values()));
        if (!findings.isEmpty()) {
            throw new IllegalArgumentException(findings.getFirst().toString());
        }
    }

    /// One without further addresses.
    public Catalog(
            String source,
            Tenancy tenancy,
            Map<String, ChannelType> channels,
            Map<TableName, TableRule> tables,
            Map<String, EventType> events,
            JournalLimits journal,
            HighVolume highVolume,
            Optional<ShardBy> shardBy) {
        this(source, tenancy, channels, tables, events, journal, highVolume, shardBy, List.of());
    }

    /// Reads a catalog file.
    ///
    /// @param file UTF-8, at most [#MAX_BYTES]
    /// @throws CatalogException with every problem of the file, also when it cannot be read
    public static Catalog load(Path file) throws CatalogException {
        String name = file.toString();
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            return parse(name, decode(bytes));
        } catch (CharacterCodingException e) {
            throw unreadable(name, "the file is not UTF-8", "save it as UTF-8");
        } catch (IOException e) {
            throw unreadable(
                    name,
                    "the file cannot be read (" + e.getClass().getSimpleName() + ")",
                    "check the path and its permissions, or set ROWCAST_CATALOG to the right file");
        }
    }

    /// Reads the text of a catalog file.
    ///
    /// @param fileName how problems name the file
    /// @throws CatalogException with every problem of the text
    public static Catalog parse(String fileName, String yaml) throws CatalogException {
        return new CatalogParser(fileName).parse(yaml);
    }

    /// The rule of a table that stands in `tables`.
    public Optional<TableRule> table(TableName name) {
        return Optional.ofNullable(tables.get(name));
    }

    /// The rule of the table whose rows are known under an entity code.
    public Optional<TableRule> entity(String code) {
        return tables.values().stream()
                .filter(rule -> rule.entity().filter(code::equals).isPresent())
                .findFirst();
    }

    /// The type of events that applications may publish under this name.
    public Optional<EventType> event(String name) {
        return Optional.ofNullable(events.get(name));
    }

    /// Every table to capture: those in `tables` and the members tables.
    public Set<TableName> capturedTables() {
        Set<TableName> captured = new LinkedHashSet<>(tables.keySet());
        channels.values().forEach(type -> type.members().ifPresent(members -> captured.add(members.table())));
        return Collections.unmodifiableSet(captured);
    }

    /// The tables whose rows the topology remembers: who is a member of what, and whose child a row is.
    public Set<TableName> rememberedTables() {
        Set<TableName> remembered = new LinkedHashSet<>();
        channels.values().forEach(type -> type.members().ifPresent(members -> remembered.add(members.table())));
        tables.values()
                .forEach(rule -> rule.parent().ifPresent(parent -> {
                    remembered.add(parent.table());
                    remembered.add(rule.table());
                }));
        return Collections.unmodifiableSet(remembered);
    }

    /// Whether updates and deletes of the table are of no interest. Those of a members table always are: they end
    /// memberships.
    public boolean isInsertOnly(TableName table) {
        boolean isMembers = channels.values().stream()
                .flatMap(type -> type.members().stream())
                .anyMatch(members -> members.table().equals(table));
        return !isMembers && table(table).filter(TableRule::insertOnly).isPresent();
    }

    /// Every table that the publication must hold: those captured and [#OWN_TABLES].
    public Set<TableName> publishedTables() {
        Set<TableName> published = new LinkedHashSet<>(capturedTables());
        published.addAll(OWN_TABLES);
        return Collections.unmodifiableSet(published);
    }

    /// Every column that the catalog names for a table: the only ones that leave the raw topics. Beside the
    /// [#routingColumns] these are what it delivers, what its event template reads, and what other tables
    /// reach through `{parent.…}`. The primary key is not among them unless it is named; it travels as the
    /// key. Empty for a table that is not captured.
    public Set<String> columns(TableName table) {
        Set<String> columns = new LinkedHashSet<>(readColumns(table));
        table(table).ifPresent(rule -> columns.addAll(rule.deliver()));
        return Collections.unmodifiableSet(columns);
    }

    /// The columns whose values Rowcast itself reads: all but those that are only delivered.
    Set<String> readColumns(TableName table) {
        Set<String> columns = new LinkedHashSet<>(routingColumns(table));
        table(table).flatMap(TableRule::event).ifPresent(event -> columns.addAll(event.columns()));
        tables.values().stream()
                .filter(child -> child.parent()
                        .filter(link -> link.table().equals(table))
                        .isPresent())
                .flatMap(TableRule::templates)
                .forEach(template -> columns.addAll(template.parentColumns()));
        return columns;
    }

    /// The columns whose old values decide who is told of an update or a delete, and what is evicted: tenancy,
    /// channels, evict, the child's side of `parent`, `shard`, and the columns of a members table. Empty for a
    /// table that is not captured.
    public Set<String> routingColumns(TableName table) {
        Set<String> columns = new LinkedHashSet<>();
        if (tenancy instanceof Tenancy.Column(String name) && capturedTables().contains(table)) {
            columns.add(name);
        }
        table(table).ifPresent(rule -> {
            rule.channels().forEach(template -> columns.addAll(template.columns()));
            rule.evict().forEach(template -> columns.addAll(template.columns()));
            rule.parent().ifPresent(parent -> columns.add(parent.by()));
            rule.shard().ifPresent(columns::add);
        });
        for (ChannelType type : channels.values()) {
            type.members().filter(members -> members.table().equals(table)).ifPresent(members -> {
                columns.add(members.channel());
                columns.add(members.principal());
                members.role().ifPresent(columns::add);
            });
        }
        return Collections.unmodifiableSet(columns);
    }

    /// In which shard the rows of a table are, of tenants that are split; [RowPlace.First] where none is.
    public RowPlace place(TableName table) {
        return shardBy.map(split -> RowPlace.of(table, split.channel(), channels.values(), tables.values()))
                .orElseGet(RowPlace.First::new);
    }

    /// The name of the publication in Postgres, `rowcast_<source>`.
    public String publication() {
        return "rowcast_" + source;
    }

    /// The name of the replication slot in Postgres, `rowcast_<source>`.
    public String slot() {
        return "rowcast_" + source;
    }

    private static String decode(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    private static CatalogException unreadable(String file, String message, String fix) {
        return new CatalogException(List.of(new FileProblem(file, 0, "", CatalogCode.UNREADABLE, message, fix)));
    }
}
