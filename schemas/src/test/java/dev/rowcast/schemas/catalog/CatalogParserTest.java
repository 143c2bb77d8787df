package dev.rowcast.schemas.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import dev.rowcast.schemas.yaml.FileProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every mistake gets one line that names the file, the line, the key, the value and the fix.
class CatalogParserTest {
    /// A head that is right, seven lines long, so that the tables of a test begin in line 8.
    private static final String HEAD = """
            source: app
            tenancy: {column: site_id}
            channels:
              vault: {access: tenant}
              site: {access: public}

            tables:
            """;

    // --- what is taken

    @Test
    void theSmallestCatalogNeedsSourceTenancyAndOneTable() {
        Catalog catalog = Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {constant: default}
                tables: {public.sources: {entity: source}}
                """);

        assertThat(catalog.tenancy()).isEqualTo(new Tenancy.Constant("default"));
        assertThat(catalog.channels()).isEmpty();
        assertThat(catalog.tables()).containsOnlyKeys(TableName.parse("public.sources"));
    }

    @Test
    void tenantsWithManyEventsAreNamedBesideTheTenancyColumn() {
        assertThat(withTenancy("{column: site_id}").highVolume()).isEqualTo(HighVolume.NONE);
        assertThat(withTenancy("{column: site_id, high-volume: [acme, Globex_2]}")
                        .highVolume()
                        .tenants())
                .containsExactly("acme", "Globex_2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{column: site_id, high-volume: [a.b]}|tenancy.high-volume[0]: \"a.b\" is no tenant; use letters, digits, _ and -",
                "{column: site_id, high-volume: []}|tenancy.high-volume: the list is empty; add to it, or remove the key",
                "{column: site_id, high-volume: [a, a]}|tenancy: a tenant stands twice; remove one of them [CATALOG_DUPLICATE_VALUE]",
                "{constant: a, high-volume: [a]}|tenancy: has both constant and high-volume",
                "{column: site_id, highvolume: [a]}|tenancy.highvolume: unknown key; did you mean \"high-volume\"?",
            })
    void tenantsThatCannotHaveATopicAreRefused(String tenancy, String message) {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> withTenancy(tenancy))
                .withMessageContaining(message);
    }

    private static Catalog withTenancy(String tenancy) {
        return Catalog.parse(
                "rowcast.yaml", "source: app\ntenancy: " + tenancy + "\ntables: {public.sources: {entity: source}}\n");
    }

    @Test
    void theJournalHasDefaultsForWhatIsNotSaid() {
        assertThat(withJournal("{}").journal()).isEqualTo(JournalLimits.DEFAULTS);
        assertThat(withJournal("{changes: 500, bytes: 2MiB, minutes: 30}").journal())
                .isEqualTo(new JournalLimits(500, 2L << 20, Duration.ofMinutes(30)));
        assertThat(withJournal("{bytes: 4096}").journal().bytes()).isEqualTo(4096);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{changes: 0}|journal: 0 changes is out of range; write from 1 to 10000000 [CATALOG_BAD_VALUE]",
                "{bytes: 1}|journal: 1 bytes is out of range; write from 1024 to 68719476736 [CATALOG_BAD_VALUE]",
                "{minutes: 2000}|journal: 2000 minutes is out of range; write from 1 to 1440 [CATALOG_BAD_VALUE]",
                "{bytes: 8MB}|journal.bytes: expected a number of bytes, such as 8MiB, found the text \"8MB\"",
                "{changes: -1}|journal.changes: expected a whole number, such as 10000, found the number -1",
                "{hours: 1}|journal.hours: unknown key",
            })
    void aJournalThatCannotBeIsRefused(String journal, String message) {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> withJournal(journal))
                .withMessageContaining(message);
    }

    private static Catalog withJournal(String journal) {
        return Catalog.parse("rowcast.yaml", HEAD + "  public.sources: {entity: source}\njournal: " + journal + "\n");
    }

    @Test
    void membersMayLeaveOutTheRole() {
        Catalog catalog = Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {column: site_id}
                channels:
                  vault: {access: members, members: {table: public.m, channel: vault_id, principal: user_id}}
                tables: {public.vaults: {entity: vault, channels: ["vault:{id}"]}}
                """);

        assertThat(catalog.channels().values())
                .first()
                .extracting(type -> type.members().flatMap(Members::role))
                .isEqualTo(Optional.empty());
    }

    @Test
    void aTableMayBeItsOwnParent() {
        Catalog catalog = Catalog.parse("rowcast.yaml", HEAD + """
                  public.folders: {entity: folder, parent: {table: public.folders, by: folder_id},
                                   channels: ["vault:{vault_id}"], evict: ["folder:{parent.id}"]}
                """);

        assertThat(catalog.columns(TableName.parse("public.folders")))
                .containsExactlyInAnyOrder("site_id", "vault_id", "folder_id", "id");
    }

    // --- the file

    @Test
    void aMissingFileIsNamed(@TempDir Path folder) {
        Path missing = folder.resolve("rowcast.yaml");

        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> Catalog.load(missing))
                .withMessageStartingWith(missing + ": the file cannot be read (NoSuchFileException)")
                .withMessageEndingWith("[CATALOG_UNREADABLE]");
    }

    @Test
    void aFileThatIsNotUtf8IsRefused(@TempDir Path folder) throws IOException {
        Path latin1 = folder.resolve("rowcast.yaml");
        Files.write(latin1, "source: äpp".getBytes(StandardCharsets.ISO_8859_1));

        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> Catalog.load(latin1))
                .withMessage(latin1 + ": the file is not UTF-8; save it as UTF-8 [CATALOG_UNREADABLE]");
    }

    @Test
    void aFileOfMoreThan256KiBIsRefused(@TempDir Path folder) throws IOException {
        Path large = folder.resolve("rowcast.yaml");
        Files.writeString(large, "#".repeat(256 * 1024 + 1));

        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> Catalog.load(large))
                .withMessageContaining("larger than 262144 bytes")
                .withMessageEndingWith("[CATALOG_TOO_LARGE]");
    }

    @Test
    void aFileOf256KiBIsRead(@TempDir Path folder) throws IOException {
        Path full = folder.resolve("rowcast.yaml");
        String catalog = HEAD + "  public.sources: {entity: source}\n#";
        Files.writeString(full, catalog + "x".repeat(256 * 1024 - catalog.length()));

        assertThat(Catalog.load(full).source()).isEqualTo("app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# only a comment", "---", "~"})
    void anEmptyFileIsRefused(String yaml) {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> Catalog.parse("rowcast.yaml", yaml))
                .withMessageStartingWith("rowcast.yaml:1: expected a mapping, {key: value}, found nothing");
    }

    @Test
    void brokenSyntaxNamesTheLine() {
        refuses("source: app\ntables: {a: [}\n", "rowcast.yaml:2: not YAML: ", "[CATALOG_SYNTAX]");
    }

    @Test
    void aTabNamesTheLine() {
        refuses("source: app\n\ttenancy: x\n", "rowcast.yaml:2: not YAML: ", "[CATALOG_SYNTAX]");
    }

    @Test
    void aControlCharacterNamesTheLine() {
        refuses(
                "source: app\ntenancy: \u0007\n",
                "rowcast.yaml:2: not YAML: character U+0007 is not allowed; mend the syntax here [CATALOG_SYNTAX]");
    }

    @Test
    void anchorsAndAliasesAreRefused() {
        refuses(
                "source: &a app\ntenancy: *a\n",
                "rowcast.yaml:1: anchor &a is not taken here; write the value out [CATALOG_YAML_FEATURE]",
                "rowcast.yaml:2: alias *a is not taken here; write the value out [CATALOG_YAML_FEATURE]");
    }

    @Test
    void aListThatHoldsItselfIsRefused() {
        refuses("source: &a [*a]\n", "rowcast.yaml:1: anchor &a", "rowcast.yaml:1: alias *a");
    }

    @Test
    void tagsAreRefused() {
        refuses(
                "source: !!java.net.URL [app]\ntenancy: !own {}\n",
                "rowcast.yaml:1: tag tag:yaml.org,2002:java.net.URL is not taken here",
                "rowcast.yaml:2: tag !own is not taken here");
    }

    @Test
    void aSecondDocumentIsRefused() {
        refuses("source: app\n---\nsource: app\n", "rowcast.yaml:2: a second document is not taken here");
    }

    @Test
    void deepNestingIsRefused() {
        refuses("source: " + "[".repeat(5000), "rowcast.yaml:1: nesting of more than 16 levels is not taken here");
    }

    @Test
    void mergeKeysAreUnknownKeys() {
        refuses(HEAD + "  public.sources: {entity: source, <<: {}}\n", "rowcast.yaml:8: tables.public.sources.<<: ");
    }

    // --- keys

    @Test
    void anUnknownKeyNamesTheOneThatWasMeant() {
        refuses(
                HEAD + "  public.sources: {entity: source, channels: [\"vault:{id}\"],\n    delivers: [id]}\n",
                "rowcast.yaml:9: tables.public.sources.delivers: unknown key; did you mean \"deliver\"?"
                        + " [CATALOG_UNKNOWN_KEY]");
    }

    @Test
    void anUnknownKeyThatIsLikeNoneNamesAll() {
        refuses(
                "colour: red\n" + HEAD + "  public.sources: {entity: source}\n",
                "rowcast.yaml:1: colour: unknown key; known are source, tenancy, channels, tables, events, journal,"
                        + " reads [CATALOG_UNKNOWN_KEY]");
    }

    @Test
    void aKeyThatStandsTwiceIsRefused() {
        refuses(
                HEAD + "  public.sources: {entity: source}\n  public.sources: {entity: other}\n",
                "rowcast.yaml:9: tables.public.sources: the key stands twice; remove one; the first is in line 8"
                        + " [CATALOG_DUPLICATE_KEY]");
    }

    @Test
    void aMappingAsKeyIsRefused() {
        refuses(HEAD + "  {a: b}: {entity: source}\n", "rowcast.yaml:8: tables.?: a key is a list or a mapping");
    }

    @Test
    void missingKeysAreNamed() {
        refuses(
                "channels: {}\n",
                "rowcast.yaml:1: the key source is missing; add it [CATALOG_MISSING_KEY]",
                "rowcast.yaml:1: the key tenancy is missing; add it [CATALOG_MISSING_KEY]",
                "rowcast.yaml:1: the key tables is missing; add it [CATALOG_MISSING_KEY]");
    }

    @Test
    void everyProblemOfAFileIsToldAtOnceInTheOrderOfItsLines() {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> Catalog.parse("rowcast.yaml", """
                        source: My App
                        tenancy: {column: site id}
                        channels:
                          vault: {access: everyone}
                        tables:
                          sources: {entity: source}
                          public.files: {entity: file, channels: ["valt:{id}"]}
                        """))
                .satisfies(refusal -> assertThat(refusal.problems())
                        .extracting(FileProblem::line, FileProblem::key, FileProblem::code)
                        .containsExactly(
                                tuple(1, "source", CatalogCode.BAD_NAME),
                                tuple(2, "tenancy.column", CatalogCode.BAD_NAME),
                                tuple(4, "channels.vault.access", CatalogCode.BAD_VALUE),
                                tuple(6, "tables.sources", CatalogCode.BAD_NAME),
                                tuple(7, "tables.public.files.channels[0]", CatalogCode.UNKNOWN_CHANNEL)));
    }

    // --- types

    @Test
    void aTextWhereAListBelongsIsRefused() {
        refuses(
                HEAD + "  public.sources: {entity: source, channels: \"vault:{id}\"}\n",
                "rowcast.yaml:8: tables.public.sources.channels: expected a list, [first, second], found the text"
                        + " \"vault:{id}\"; write a list, [first, second] [CATALOG_WRONG_TYPE]");
    }

    @Test
    void aTemplateWithoutQuotesIsExplained() {
        refuses(
                HEAD + "  public.sources: {event: {event_type}, channels: [\"vault:{id}\"]}\n",
                "rowcast.yaml:8: tables.public.sources.event: expected a text, found a mapping; write a text;"
                        + " templates in braces need quotes: \"{column}\" [CATALOG_WRONG_TYPE]");
    }

    @Test
    void aWordThatYamlTakesForABooleanIsExplained() {
        refuses(
                HEAD + "  public.sources: {entity: no}\n",
                "rowcast.yaml:8: tables.public.sources.entity: expected a text, found the boolean no; put it in quotes:"
                        + " \"no\" [CATALOG_WRONG_TYPE]");
    }

    @Test
    void aNumberWhereATextBelongsIsExplained() {
        refuses(
                "source: 42\n",
                "rowcast.yaml:1: source: expected a text, found the number 42; put it in quotes: \"42\""
                        + " [CATALOG_WRONG_TYPE]");
    }

    @Test
    void aKeyWithoutAValueIsRefused() {
        refuses(
                HEAD + "  public.sources:\n    entity: source\n    deliver:\n",
                "rowcast.yaml:10: tables.public.sources.deliver: expected a list, [first, second], found nothing;"
                        + " give it a value, or remove the key [CATALOG_WRONG_TYPE]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"yes", "\"true\"", "1", "[true]", "~"})
    void insertOnlyTakesTrueOrFalseAndNothingElse(String value) {
        refuses(
                HEAD + "  public.sources: {entity: source, insert-only: " + value + "}\n",
                "rowcast.yaml:8: tables.public.sources.insert-only: expected true or false, found ");
    }

    @Test
    void anEmptyListIsRefused() {
        refuses(
                HEAD + "  public.sources: {entity: source, evict: []}\n",
                "rowcast.yaml:8: tables.public.sources.evict: the list is empty; add to it, or remove the key"
                        + " [CATALOG_BAD_VALUE]");
    }

    // --- names

    @ParameterizedTest
    @ValueSource(strings = {"App", "my-app", "1app", "\"\"", "a.b"})
    void aSourceThatPostgresCannotNameASlotAfterIsRefused(String source) {
        refuses("source: " + source + "\n", "rowcast.yaml:1: source: \"", "[CATALOG_BAD_NAME]");
    }

    @Test
    void aTableWithoutItsSchemaIsRefused() {
        refuses(
                HEAD + "  sources: {entity: source}\n",
                "rowcast.yaml:8: tables.sources: \"sources\" has no schema; write schema.table, for instance"
                        + " public.sources [CATALOG_BAD_NAME]");
    }

    @Test
    void anEntityCodeWithASpaceIsRefused() {
        refuses(
                HEAD + "  public.sources: {entity: my source}\n",
                "rowcast.yaml:8: tables.public.sources.entity: \"my source\" is no entity code; use letters, digits,"
                        + " _, . and -, at most 63 [CATALOG_BAD_NAME]");
    }

    @Test
    void aChannelTypeInUpperCaseIsRefused() {
        refuses(
                HEAD.replace("vault:", "Vault:") + "  public.sources: {entity: source}\n",
                "rowcast.yaml:4: channels.Vault: \"Vault\" is no channel type; use lower case letters",
                "[CATALOG_BAD_NAME]");
    }

    @Test
    void aColumnNameWithASpaceIsRefusedInItsLine() {
        refuses(
                HEAD + "  public.sources:\n    entity: source\n    channels: [\"vault:{id}\"]\n"
                        + "    deliver:\n      - id\n      - the title\n",
                "rowcast.yaml:13: tables.public.sources.deliver[1]: \"the title\" is no Postgres name");
    }

    @Test
    void controlCharactersOfAValueDoNotReachTheTerminal() {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> Catalog.parse("rowcast.yaml", "source: \"\\e[2Japp\"\n"))
                .satisfies(refusal -> assertThat(refusal).message().doesNotContain("\u001b"));
    }

    @Test
    void aLongValueIsCutInTheMessage() {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> Catalog.parse("rowcast.yaml", "source: " + "x".repeat(10_000) + "\n"))
                .satisfies(refusal -> assertThat(refusal).message().hasSizeLessThan(600));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rowcast.api_keys", "pg_catalog.pg_authid", "information_schema.tables"})
    void tablesOfRowcastAndOfPostgresAreRefused(String table) {
        refuses(
                HEAD + "  " + table + ": {entity: secret}\n",
                "rowcast.yaml:8: tables." + table + ": " + table + " is in schema ",
                "[CATALOG_BAD_VALUE]");
    }

    // --- tenancy and channels

    @Test
    void tenancyIsOneOfColumnAndConstant() {
        refuses("tenancy: {}\n", "rowcast.yaml:1: tenancy: has neither column nor constant");
        refuses(
                "tenancy: {column: a, constant: b}\n",
                "rowcast.yaml:1: tenancy: has both column and constant",
                "[CATALOG_CONFLICT]");
    }

    @Test
    void anUnknownAccessIsRefused() {
        refuses(
                "channels: {vault: {access: everyone}}\n",
                "rowcast.yaml:1: channels.vault.access: \"everyone\" is no access; write members, tenant or public"
                        + " [CATALOG_BAD_VALUE]");
    }

    @Test
    void presenceSaysWhatSubscribersKnowOfEachOther() {
        Catalog catalog = Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {constant: default}
                channels:
                  a: {access: public}
                  b: {access: public, presence: count}
                  c: {access: tenant, presence: members}
                  d: {access: tenant, presence: none}
                tables: {public.vaults: {entity: vault, channels: ["a:{id}"]}}
                """);

        assertThat(catalog.channels().values())
                .extracting(ChannelType::presence)
                .containsExactly(Presence.NONE, Presence.COUNT, Presence.MEMBERS, Presence.NONE);
    }

    @Test
    void broadcastIsOffUnlessTheCatalogSaysSo() {
        Catalog catalog = Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {constant: default}
                channels:
                  a: {access: public}
                  b: {access: public, broadcast: true}
                  c: {access: tenant, broadcast: false}
                tables: {public.vaults: {entity: vault, channels: ["a:{id}"]}}
                """);

        assertThat(catalog.channels().values())
                .extracting(ChannelType::broadcast)
                .containsExactly(false, true, false);
    }

    @Test
    void anotherPresenceIsRefused() {
        refuses(
                "channels: {vault: {access: tenant, presence: names}}\n",
                "rowcast.yaml:1: channels.vault.presence: \"names\" is no presence; write none, count or members"
                        + " [CATALOG_BAD_VALUE]");
    }

    @Test
    void nobodyIsNamedWhereAnybodyMayRead() {
        refuses(
                "channels: {vault: {access: public, presence: members}}\n",
                "rowcast.yaml:1: channels.vault: presence is members where access is public, so anybody would be told"
                        + " who is there; set presence to count, or access to tenant or members [CATALOG_CONFLICT]");
    }

    @Test
    void accessMembersNeedsAMembersTable() {
        refuses(
                "channels: {vault: {access: members}}\n",
                "rowcast.yaml:1: channels.vault: access is members and there is no members table; add members: ",
                "[CATALOG_CONFLICT]");
    }

    @Test
    void aMembersTableNeedsAccessMembers() {
        refuses(
                "channels: {vault: {access: tenant, members: {table: a.b, channel: c, principal: d}}}\n",
                "rowcast.yaml:1: channels.vault: a members table has no effect where access is tenant",
                "[CATALOG_CONFLICT]");
    }

    @Test
    void aMembersTableNeedsChannelAndPrincipal() {
        refuses(
                "channels: {vault: {access: members, members: {table: public.m}}}\n",
                "rowcast.yaml:1: channels.vault.members: the key channel is missing; add it [CATALOG_MISSING_KEY]",
                "rowcast.yaml:1: channels.vault.members: the key principal is missing; add it [CATALOG_MISSING_KEY]");
    }

    // --- tables

    @Test
    void aTableHasEntityOrEvent() {
        refuses(
                HEAD + "  public.sources: {channels: [\"vault:{id}\"]}\n",
                "rowcast.yaml:8: tables.public.sources: has neither entity nor event; give it one: ",
                "[CATALOG_MISSING_KEY]");
        refuses(
                HEAD + "  public.sources: {entity: a, event: \"{b}\", channels: [\"vault:{id}\"]}\n",
                "rowcast.yaml:8: tables.public.sources: has both entity and event; give it one: ",
                "[CATALOG_CONFLICT]");
    }

    @Test
    void aCatalogWithoutTablesIsRefused() {
        refuses(HEAD.stripTrailing() + " {}\n", "rowcast.yaml:7: tables: the catalog names no table");
    }

    @Test
    void anEventTableNeedsChannels() {
        refuses(
                HEAD + "  public.updates: {event: \"{event_type}\"}\n",
                "rowcast.yaml:8: tables.public.updates.event: the table has no channels, so nobody would get its"
                        + " events");
    }

    @Test
    void deliverNeedsChannels() {
        refuses(
                HEAD + "  public.sources: {entity: source, deliver: [id]}\n",
                "rowcast.yaml:8: tables.public.sources.deliver: the table has no channels, so nobody would get its"
                        + " columns");
    }

    @Test
    void aColumnMayBeDeliveredOnce() {
        refuses(
                HEAD + "  public.sources: {entity: source, channels: [\"vault:{id}\"], deliver: [id, id]}\n",
                "rowcast.yaml:8: tables.public.sources: \"id\" stands twice; remove one of them"
                        + " [CATALOG_DUPLICATE_VALUE]");
    }

    // --- read

    @Test
    void rowsAreReadAsTheyAreDeliveredUnlessTheCatalogSaysOtherwise() {
        Catalog catalog = Catalog.parse("rowcast.yaml", HEAD + """
                  public.a: {entity: a, channels: ["vault:{id}"], deliver: [title]}
                  public.b: {entity: b, channels: ["vault:{id}"], deliver: [title], read: {columns: [title, owner]}}
                  public.c: {entity: c, channels: ["vault:{id}"], read: {columns: [title], row-security: true}}
                """);

        assertThat(catalog.entity("a").orElseThrow().shown()).containsExactly("title");
        assertThat(catalog.entity("b").orElseThrow().shown()).containsExactly("title", "owner");
        assertThat(catalog.entity("b").orElseThrow().reads().rowSecurity()).isFalse();
        assertThat(catalog.entity("c").orElseThrow().reads()).isEqualTo(new RowReads(List.of("title"), true));
        assertThat(catalog.columns(TableName.parse("public.b"))).doesNotContain("owner");
    }

    @Test
    void whatIsReadNeedsChannels() {
        refuses(
                HEAD + "  public.sources: {entity: source, read: {columns: [title]}}\n",
                "rowcast.yaml:8: tables.public.sources.read.columns: the table has no channels, so nobody may read it");
    }

    @Test
    void eventsAreNotRead() {
        refuses(
                HEAD + "  public.updates: {event: \"{kind}\", channels: [\"vault:{id}\"], read: {columns: [kind]}}\n",
                "rowcast.yaml:8: tables.public.updates.read: the rows are events, which are not read; remove read");
    }

    @Test
    void whatPoliciesHideIsNotDelivered() {
        refuses(
                HEAD
                        + "  public.sources: {entity: source, channels: [\"vault:{id}\"], deliver: [title],\n"
                        + "    read: {row-security: true}}\n",
                "rowcast.yaml:9: tables.public.sources.read.row-security: deliver sends columns to everybody in the"
                        + " channel, also those whom a policy refuses the row; move the columns from deliver to"
                        + " read.columns [CATALOG_CONFLICT]");
    }

    @Test
    void keysOfReadAreStrict() {
        refuses(
                HEAD + "  public.sources: {entity: source, channels: [\"vault:{id}\"], read: {row-securty: true}}\n",
                "rowcast.yaml:8: tables.public.sources.read.row-securty: unknown key; did you mean \"row-security\"?");
        refuses(
                HEAD + "  public.sources: {entity: source, channels: [\"vault:{id}\"], read: {row-security: yes}}\n",
                "rowcast.yaml:8: tables.public.sources.read.row-security: expected true or false, found the boolean yes");
        refuses(
                HEAD + "  public.sources: {entity: source, channels: [\"vault:{id}\"], read: {columns: [a, a]}}\n",
                "rowcast.yaml:8: tables.public.sources.read: \"a\" stands twice; remove one of them");
    }

    @Test
    void anEntityCodeBelongsToOneTable() {
        refuses(
                HEAD + "  public.a: {entity: thing}\n  public.b: {entity: thing}\n",
                "rowcast.yaml:9: tables.public.b.entity: \"thing\" is already the entity of public.a; give each table"
                        + " its own code [CATALOG_DUPLICATE_VALUE]");
    }

    // --- events

    @Test
    void anEventTypeNamesTheChannelsThatItMayAddress() {
        Catalog catalog = Catalog.parse(
                "rowcast.yaml",
                HEAD + "  public.sources: {entity: source}\n"
                        + "events:\n  content.published: {channels: [site, vault]}\n");

        assertThat(catalog.event("content.published"))
                .contains(new EventType("content.published", List.of("site", "vault")));
        assertThat(catalog.event("content.deleted")).isEmpty();
    }

    @Test
    void anEventTypeOfAnUndeclaredChannelIsRefused() {
        refuses(
                HEAD + "  public.sources: {entity: source}\nevents:\n  note.said: {channels: [vault, siet]}\n",
                "rowcast.yaml:10: events.note.said.channels[1]: \"siet\" is a channel type that channels does not"
                        + " declare; did you mean \"site\"? [CATALOG_UNKNOWN_CHANNEL]");
    }

    @Test
    void anEventTypeThatNamesATemplateIsRefused() {
        refuses(
                HEAD + "  public.sources: {entity: source}\nevents: {note.said: {channels: [\"site:{id}\"]}}\n",
                "rowcast.yaml:9: events.note.said.channels[0]: \"site:{id}\" is no channel type; use lower case"
                        + " letters, digits, _ and -, at most 63 [CATALOG_BAD_NAME]");
    }

    @Test
    void anEventTypeNeedsChannels() {
        refuses(
                HEAD + "  public.sources: {entity: source}\nevents: {note.said: {}, note.read: {channels: []}}\n",
                "rowcast.yaml:9: events.note.said: the key channels is missing; add it [CATALOG_MISSING_KEY]",
                "rowcast.yaml:9: events.note.read.channels: the list is empty; add to it, or remove the key"
                        + " [CATALOG_BAD_VALUE]");
    }

    @Test
    void anEventTypeNamesAChannelTypeOnce() {
        refuses(
                HEAD + "  public.sources: {entity: source}\nevents: {note.said: {channels: [site, site]}}\n",
                "rowcast.yaml:9: events.note.said: a channel type stands twice; remove one of them"
                        + " [CATALOG_DUPLICATE_VALUE]");
    }

    @Test
    void anEventTypeHasNoOtherKeys() {
        refuses(
                HEAD + "  public.sources: {entity: source}\nevents: {note.said: {channel: [site]}}\n",
                "rowcast.yaml:9: events.note.said.channel: unknown key; did you mean \"channels\"?"
                        + " [CATALOG_UNKNOWN_KEY]");
    }

    @Test
    void anEventTypeWithASpaceIsRefused() {
        refuses(
                HEAD + "  public.sources: {entity: source}\nevents: {note said: {channels: [site]}}\n",
                "rowcast.yaml:9: events.note said: \"note said\" is no event type; use letters, digits, _, . and -,"
                        + " at most 63 [CATALOG_BAD_NAME]");
    }

    // --- templates

    @Test
    void bracesMustMatch() {
        refuses(
                HEAD + "  public.sources: {entity: source, channels: [\"vault:{id\"]}\n",
                "rowcast.yaml:8: tables.public.sources.channels[0]: \"vault:{id\" opens a brace that nothing closes;"
                        + " write columns as {name} [CATALOG_BAD_TEMPLATE]");
    }

    @Test
    void aChannelMustBeOfADeclaredType() {
        refuses(
                HEAD + "  public.sources: {entity: source, channels: [\"vualt:{id}\"]}\n",
                "rowcast.yaml:8: tables.public.sources.channels[0]: \"vualt:{id}\" is of channel type \"vualt\", which"
                        + " channels does not declare; did you mean \"vault\"? [CATALOG_UNKNOWN_CHANNEL]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{type}:{id}", "vault{id}", "vault-{id}:x", "{id}"})
    void noColumnMayChooseTheChannelsType(String template) {
        refuses(
                HEAD + "  public.sources: {entity: source, channels: [\"" + template + "\"]}\n",
                "rowcast.yaml:8: tables.public.sources.channels[0]: \"" + template
                        + "\" does not start with a channel type and a colon; write for instance \"vault:{column}\""
                        + " [CATALOG_UNKNOWN_CHANNEL]");
    }

    @Test
    void aChannelTemplateNamesAChannel() {
        refuses(
                HEAD + "  public.sources: {entity: source, channels: [\"vault:\"]}\n",
                "rowcast.yaml:8: tables.public.sources.channels[0]: \"vault:\" names no channel");
    }

    @Test
    void aParentColumnNeedsAParentInItsOwnLine() {
        refuses(
                HEAD + "  public.notes:\n    entity: note\n    channels:\n      - \"site:{site_id}\"\n"
                        + "      - \"vault:{parent.vault_id}\"\n",
                "rowcast.yaml:12: tables.public.notes.channels[1]: \"vault:{parent.vault_id}\" reads the parent, and"
                        + " the table has none; add parent: {table: schema.table, by: column}"
                        + " [CATALOG_PARENT_MISMATCH]");
    }

    @Test
    void aParentThatNothingReadsIsRefused() {
        refuses(
                HEAD + "  public.sources: {entity: source}\n"
                        + "  public.notes: {entity: note, parent: {table: public.sources, by: source_id}}\n",
                "rowcast.yaml:9: tables.public.notes.parent: no template of the table uses {parent.…}; remove parent");
    }

    @Test
    void aParentMustBeInTheCatalog() {
        refuses(
                HEAD + "  public.sources: {entity: source}\n"
                        + "  public.notes: {entity: note, channels: [\"vault:{parent.id}\"],\n"
                        + "    parent: {table: public.source, by: source_id}}\n",
                "rowcast.yaml:10: tables.public.notes.parent.table: public.source is not in tables; did you mean"
                        + " \"public.sources\"? [CATALOG_UNKNOWN_PARENT]");
    }

    @Test
    void aTableWhoseRuleIsRefusedIsStillAKnownParent() {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> Catalog.parse("rowcast.yaml", HEAD + """
                          public.sources: {entity: 7}
                          public.notes: {entity: note, parent: {table: public.sources, by: source_id},
                                         channels: ["vault:{parent.vault_id}"]}
                        """))
                .satisfies(refusal -> assertThat(refusal.problems()).hasSize(1));
    }

    /// Each expected text must stand in the problems; the first also where a problem begins.
    private static void refuses(String yaml, String... expected) {
        assertThatExceptionOfType(CatalogException.class)
                .isThrownBy(() -> Catalog.parse("rowcast.yaml", yaml))
                .satisfies(refusal -> {
                    assertThat(refusal.problems())
                            .anyMatch(problem -> problem.toString().startsWith(expected[0]));
                    assertThat(refusal).message().contains(expected);
                });
    }
}
