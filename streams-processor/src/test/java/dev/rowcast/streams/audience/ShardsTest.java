package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.change;
import static dev.rowcast.streams.audience.Samples.channel;
import static dev.rowcast.streams.audience.Samples.entity;
import static dev.rowcast.streams.audience.Samples.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Change;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.PublishedEvent;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.JournalLimits;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A tenant in three shards, each of which is a task of its own.
class ShardsTest {

    private static final Catalog CATALOG = Catalog.parse("rowcast.yaml", """
            source: app
            tenancy: {column: site_id, shard-by: {channel: vault, shards: 3, tenants: [acme]}}
            channels:
              vault: {access: members, members: {table: public.vault_members, channel: vault_id, principal: user_id}}
              team: {access: members, members: {table: public.team_members, channel: team_id, principal: user_id}}
              site: {access: tenant}
            tables:
              public.notes:
                entity: note
                channels: ["vault:{vault_id}", "team:{team_id}", "site:{site_id}"]
                deliver: [id, vault_id]
                evict: ["vault:{vault_id}:notes"]
              public.folders: {entity: folder, channels: ["site:{site_id}"], evict: ["folder:{id}"]}
              public.files:
                entity: file
                parent: {table: public.folders, by: folder_id}
                shard: vault_id
                channels: ["team:{parent.team_id}"]
                evict: ["team:{parent.team_id}:files"]
            events:
              vault.said: {channels: [vault, site]}
            """);

    private static final TenantId ACME = new TenantId("acme");
    private static final Placement PLACEMENT = Placement.of(CATALOG);
    private static final String NODE = "gw";

    private final Map<String, RestartableTask> tasks = new LinkedHashMap<>();
    private final Map<String, Long> ends = new HashMap<>();
    private final Map<String, List<Delivery>> told = new LinkedHashMap<>();
    private long lsn = 1_000;
    private long requests;

    ShardsTest() {
        for (TenantId shard : PLACEMENT.keys(ACME)) {
            RestartableTask task = new RestartableTask(CATALOG, JournalLimits.DEFAULTS);
            task.command("", Samples.attach(NODE, 0));
            tasks.put(shard.value(), task);
            told.put(shard.value(), new ArrayList<>());
        }
    }

    static IntStream seeds() {
        return new Random().ints(5).map(seed -> seed & 0xFFFFFF);
    }

    /// One client: what it subscribed to, and what it believes that there is.
    private record Viewer(Principal principal, Target target, Map<String, Long> versions, Set<String> there) {
        static Viewer of(String who, Target target) {
            return new Viewer(new Principal(who, PrincipalKind.USER), target, new HashMap<>(), new HashSet<>());
        }

        boolean isTold(Frame frame) {
            return target.getKind() == TargetKind.CHANNEL
                    ? frame.getChannels().contains(target.getName())
                    : target.getName().equals(frame.getEntity())
                            && frame.getPrincipals().contains(principal);
        }

        /// As the protocol asks of clients: what is not newer is dropped.
        void take(Frame frame) {
            long version = Long.parseLong(frame.getKeys().replaceAll(".*\"version\":(\\d+).*", "$1"));
            String id = String.valueOf(frame.getEntity());
            Long known = versions.get(id);
            assertThat(known == null || known != version)
                    .as("%s hears of %s at %d once", this, id, version)
                    .isTrue();
            if (known == null || version > known) {
                versions.put(id, version);
                if (frame.getKeys().contains("\"DELETE\"")) {
                    there.remove(id);
                } else {
                    there.add(id);
                }
            }
        }
    }

    /// Where a note is; team 0 is none.
    private record Place(int vault, int team) {
        Map<String, String> row(int id) {
            Map<String, String> row = new HashMap<>(Map.of("id", "" + id, "vault_id", "" + vault, "site_id", "\"s\""));
            row.put("team_id", team == 0 ? "null" : "" + team);
            return row;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("everybody knows in the end what there is, in whatever order the partitions are read")
    void everybodyKnowsInTheEndWhatThereIs(int seed) {
        Random random = new Random(seed);
        member("vault_members", "vault_id", "1", "ann", 1);
        member("vault_members", "vault_id", "2", "ann", 4);
        member("vault_members", "vault_id", "3", "bob", 2);
        member("team_members", "team_id", "4", "cid", 1);
        List<Viewer> viewers = new ArrayList<>();
        viewers.add(Viewer.of("ann", channel("vault:1")));
        viewers.add(Viewer.of("bob", channel("vault:2")));
        viewers.add(Viewer.of("ann", channel("vault:4")));
        viewers.add(Viewer.of("cid", channel("team:1")));
        viewers.add(Viewer.of("dan", channel("site:s")));
        for (String who : List.of("ann", "bob", "cid", "dan")) {
            IntStream.range(0, 6).forEach(id -> viewers.add(Viewer.of(who, entity("note:" + id))));
        }
        viewers.forEach(viewer -> assertThat(subscribe(viewer)).isTrue());

        Map<Integer, Place> truth = new TreeMap<>();
        for (int step = 0; step < 400; step++) {
            int id = random.nextInt(6);
            Place next = new Place(1 + random.nextInt(6), random.nextInt(3));
            Place now = random.nextInt(5) == 0 ? null : next;
            move(id, truth.get(id), now);
            if (now == null) {
                truth.remove(id);
            } else {
                truth.put(id, now);
            }
        }

        deliver(random, viewers);
        for (Viewer viewer : viewers) {
            Set<String> visible = new HashSet<>();
            truth.forEach((id, place) -> {
                if (sees(viewer, id, place)) {
                    visible.add("note:" + id);
                }
            });
            assertThat(viewer.there()).as("what %s knows", viewer).isEqualTo(visible);
        }
    }

    private static boolean sees(Viewer viewer, int id, Place place) {
        String name = viewer.target().getName();
        if (viewer.target().getKind() == TargetKind.CHANNEL) {
            return name.equals("site:s")
                    || name.equals("vault:" + place.vault())
                    || name.equals("team:" + place.team());
        }
        // Everybody of the tenant may have the site's channel, in which every note is.
        return name.equals("note:" + id);
    }

    @Test
    @DisplayName(
            "P2: every shard knows the members of channels that are in all of them, and tells who is none any more")
    void everyShardKnowsTheMembersOfOtherChannels() {
        Viewer cid = Viewer.of("cid", channel("team:1"));
        assertThat(subscribe(cid)).isFalse();
        member("team_members", "team_id", "4", "cid", 1);
        assertThat(subscribe(cid)).isTrue();
        told.values().forEach(List::clear);

        Map<String, String> gone = Map.of("team_id", "1", "user_id", "\"cid\"");
        everywhere(Operation.DELETE, "public.team_members", "4", gone, null);

        assertThat(told.values())
                .allSatisfy(deliveries -> assertThat(deliveries)
                        .anyMatch(each -> each.getBody() instanceof Revoked revoked
                                && revoked.getPrincipal().equals(cid.principal())
                                && revoked.getTargets().contains(channel("team:1"))));
        assertThat(subscribe(cid)).isFalse();
    }

    @Test
    void aRootChannelIsRefusedWhereItIsNot() {
        member("vault_members", "vault_id", "1", "ann", 1);
        String home = shardOf(1);

        tasks.keySet()
                .forEach(shard -> assertThat(subscribe(shard, Viewer.of("ann", channel("vault:1"))))
                        .isEqualTo(shard.equals(home)));
    }

    @Test
    void aChildIsInTheChannelsOfAParentThatIsToldInAnotherShard() {
        member("team_members", "team_id", "4", "cid", 1);
        Viewer cid = Viewer.of("cid", channel("team:1"));
        subscribe(cid);
        String shard = tasks.keySet().stream().skip(1).findFirst().orElseThrow();
        everywhere(Operation.CREATE, "public.folders", "9", null, folder(1));

        tell(shard, row(Operation.CREATE, "public.files", "5", null, file(), ++lsn, true));
        assertThat(entities(told(shard))).containsExactly("file:5");

        everywhere(Operation.UPDATE, "public.folders", "9", folder(1), folder(2));
        assertThat(entities(told(shard))).containsExactly("file:5", "file:5");
        assertThat(evicted(shard)).containsExactlyInAnyOrder("team:1:files", "team:2:files");
        assertThat(evicted("acme")).containsExactly("folder:9");
    }

    @Test
    void othersKnowTheTenantAndNotItsShards() {
        String shard = shardOf(1);
        assertThat(tasks.keySet()).contains(shard).hasSize(3);
        String other = tasks.keySet().stream().skip(2).findFirst().orElseThrow();

        tell(other, row(Operation.CREATE, "public.notes", "1", null, new Place(1, 0).row(1), ++lsn, true));

        assertThat(task(other).evictions().values())
                .flatMap(List::copyOf)
                .isNotEmpty()
                .allSatisfy(eviction -> assertThat(eviction.getTenant()).isEqualTo("acme"));
    }

    @Test
    @DisplayName("an event for channels of several shards happens once, and each channel hears of it once")
    void anEventForSeveralShardsHappensOnce() {
        int one = 1;
        int two = IntStream.range(2, 100)
                .filter(vault -> !shardOf(vault).equals(shardOf(one)))
                .findFirst()
                .orElseThrow();
        member("vault_members", "vault_id", "1", "ann", one);
        member("vault_members", "vault_id", "2", "ann", two);
        List<Viewer> viewers = List.of(
                Viewer.of("ann", channel("vault:" + one)),
                Viewer.of("ann", channel("vault:" + two)),
                Viewer.of("ann", channel("site:s")));
        viewers.forEach(viewer -> assertThat(subscribe(viewer)).isTrue());
        told.values().forEach(List::clear);
        List<String> addressed = List.of("site:s", "vault:" + one, "vault:" + two);

        int happened = 0;
        for (TenantId shard : PLACEMENT.keysOfEvent(ACME, addressed)) {
            tell(shard.value(), new PublishedEvent("id-1", "vault.said", addressed, null, null, null, "{}", 5L));
            happened += task(shard.value()).events().size();
        }

        assertThat(happened).isEqualTo(1);
        List<Frame> frames = told.values().stream()
                .flatMap(deliveries -> frames(deliveries).stream())
                .toList();
        assertThat(viewers)
                .allSatisfy(viewer ->
                        assertThat(frames.stream().filter(viewer::isTold)).hasSize(1));
        assertThat(frames).allSatisfy(frame -> assertThat(frame.getKeys()).contains("\"site_id\":\"acme\""));
    }

    /// What ingest writes of a note.
    private void move(int id, @Nullable Place from, @Nullable Place to) {
        long at = lsn += 8;
        String table = "public.notes";
        Map<String, String> before = from == null ? null : from.row(id);
        Map<String, String> after = to == null ? null : to.row(id);
        if (from != null && to != null && shardOf(from.vault()).equals(shardOf(to.vault()))) {
            tell(shardOf(to.vault()), row(Operation.UPDATE, table, "" + id, before, after, at, true));
            return;
        }
        if (from != null) {
            long left = to == null ? at : at - 1;
            tell(shardOf(from.vault()), row(Operation.DELETE, table, "" + id, before, null, left, true));
        }
        if (to != null) {
            tell(shardOf(to.vault()), row(Operation.CREATE, table, "" + id, null, after, at, true));
        }
    }

    private void member(String table, String column, String key, String who, int of) {
        Map<String, String> row = Map.of(column, "" + of, "user_id", '"' + who + '"');
        if (table.equals("vault_members")) {
            tell(shardOf(of), row(Operation.CREATE, "public." + table, key, null, row, ++lsn, true));
        } else {
            everywhere(Operation.CREATE, "public." + table, key, null, row);
        }
    }

    /// A row that is told in the first shard and known in all.
    private void everywhere(
            Operation operation,
            String table,
            String key,
            @Nullable Map<String, String> before,
            @Nullable Map<String, String> after) {
        ++lsn;
        tasks.keySet()
                .forEach(shard -> tell(
                        shard,
                        row(shard.equals("acme") ? operation : Operation.COPY, table, key, before, after, lsn, true)));
    }

    private void tell(String shard, Object body) {
        Change change = change(body);
        long offset = ends.merge(shard, 1L, Long::sum) - 1;
        told(shard).addAll(task(shard).change(shard, offset, change));
    }

    private RestartableTask task(String shard) {
        return Objects.requireNonNull(tasks.get(shard));
    }

    private List<Delivery> told(String shard) {
        return Objects.requireNonNull(told.get(shard));
    }

    private boolean subscribe(Viewer viewer) {
        List<TenantId> shards = viewer.target().getKind() == TargetKind.CHANNEL
                ? PLACEMENT.keysOfChannel(ACME, viewer.target().getName())
                : PLACEMENT.keysOfEntity(ACME, viewer.target().getName());
        return shards.stream().map(shard -> subscribe(shard.value(), viewer)).toList().stream()
                .allMatch(accepted -> accepted);
    }

    private boolean subscribe(String shard, Viewer viewer) {
        List<Delivery> answer = task(shard)
                .command(
                        shard,
                        Samples.subscribe(
                                NODE,
                                ++requests,
                                viewer.principal(),
                                Samples.after(ends.getOrDefault(shard, 0L) - 1),
                                viewer.target()));
        return answer.stream()
                .anyMatch(each -> each.getBody() instanceof Subscribed subscribed
                        && subscribed.getAccepted().contains(viewer.target())
                        && subscribed.getRejected().isEmpty());
    }

    /// Each partition in its order, and the partitions in any.
    private void deliver(Random random, List<Viewer> viewers) {
        List<List<Frame>> streams = told.values().stream()
                .map(deliveries -> (List<Frame>) new ArrayList<>(frames(deliveries)))
                .toList();
        while (streams.stream().anyMatch(stream -> !stream.isEmpty())) {
            List<Frame> stream = streams.get(random.nextInt(streams.size()));
            int some = random.nextInt(10);
            for (int i = 0; i < some && !stream.isEmpty(); i++) {
                Frame frame = stream.removeFirst();
                viewers.stream().filter(viewer -> viewer.isTold(frame)).forEach(viewer -> viewer.take(frame));
            }
        }
    }

    private List<String> evicted(String shard) {
        return task(shard).evictions().values().stream()
                .flatMap(List::stream)
                .flatMap(eviction -> eviction.getTags().stream())
                .toList();
    }

    private static List<String> entities(List<Delivery> deliveries) {
        return frames(deliveries).stream()
                .map(frame -> String.valueOf(frame.getEntity()))
                .distinct()
                .flatMap(name -> frames(deliveries).stream()
                        .filter(frame -> name.equals(frame.getEntity()))
                        .map(frame -> name))
                .toList();
    }

    private static List<Frame> frames(List<Delivery> deliveries) {
        return deliveries.stream()
                .map(Delivery::getBody)
                .filter(Frames.class::isInstance)
                .flatMap(body -> ((Frames) body).getFrames().stream())
                .toList();
    }

    private static String shardOf(int vault) {
        return PLACEMENT.keyOfRoot(ACME, "" + vault).value();
    }

    private static Map<String, String> folder(int team) {
        return Map.of("id", "9", "team_id", "" + team, "site_id", "\"s\"");
    }

    private static Map<String, String> file() {
        return Map.of("folder_id", "9", "vault_id", "1");
    }
}
