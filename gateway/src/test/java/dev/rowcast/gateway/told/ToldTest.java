package dev.rowcast.gateway.told;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.PrincipalKind;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.TargetKind;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ToldTest {

    private static final Set<String> TYPES = Set.of("vault");
    private static final TenantId DEMO = new TenantId("demo");

    private final AtomicLong nanos = new AtomicLong();
    private final Told told = new Told(Placement.of(catalog()), nanos::get);

    @Test
    void transactionsAreKnownByRowAndByChannelOfTheTenant() {
        tell("source:7", 100);
        tell("source:8", 101);
        assertThat(told.ofRow(DEMO, "source", "7", TYPES).xids()).containsExactly(100L);
        assertThat(told.ofRow(DEMO, "source", "8", TYPES).xids()).containsExactly(101L);
        assertThat(told.inChannel(DEMO, "source", "vault:1").xids()).containsExactlyInAnyOrder(100L, 101L);
        assertThat(told.inChannel(DEMO, "source", "vault:2").xids()).containsExactlyInAnyOrder(100L, 101L);
        assertThat(told.inChannel(DEMO, "note", "vault:1").xids()).isEmpty();
        assertThat(told.inChannel(new TenantId("other"), "source", "vault:1").xids())
                .isEmpty();
    }

    @Test
    void ofManyTheOldestStandForEverythingBefore() {
        for (int i = 0; i < Recent.MOST + 2; i++) {
            tell("source:" + i, 100 + i);
            tell("source:1" + i, 100 + i); // of the same transaction
            nanos.addAndGet(Duration.ofMillis(1).toNanos());
        }
        News news = told.inChannel(DEMO, "source", "vault:1");
        assertThat(news.xids()).hasSize(Recent.MOST).doesNotContain(100L, 101L);
        assertThat(news.ago()).contains(Duration.ofMillis(Recent.MOST + 1));

        told.of(delivery(
                new Subscribed(1L, "cursor", List.of(new Target(TargetKind.CHANNEL, "vault:1", "")), List.of())));
        assertThat(told.inChannel(DEMO, "source", "vault:1").ago()).contains(Duration.ZERO);
        nanos.addAndGet(Duration.ofSeconds(11).toNanos());
        assertThat(told.inChannel(DEMO, "source", "vault:1")).isEqualTo(News.NONE);
    }

    @Test
    void newsOfAShardIsNewsOfItsTenant() {
        TenantId split = new TenantId("split");
        Target vault = new Target(TargetKind.CHANNEL, "vault:1", "");
        told.of(new Delivery(
                "node", "split/2", 1L, 0, 1L, 1L, new Subscribed(1L, "cursor", List.of(vault), List.of())));
        assertThat(told.inChannel(split, "source", "vault:1").ago()).contains(Duration.ZERO);
        assertThat(told.ofRow(split, "source", "7", TYPES).ago()).contains(Duration.ZERO);
    }

    @Test
    void itIsForgottenOnceNoCachedAnswerCanBeOlder() {
        tell("source:7", 100);
        nanos.addAndGet(Duration.ofSeconds(9).toNanos());
        assertThat(told.ofRow(DEMO, "source", "7", TYPES).xids()).containsExactly(100L);
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(told.ofRow(DEMO, "source", "7", TYPES).xids()).isEmpty();
    }

    @Test
    void whoBeginsToListenMustFindEverythingBefore() {
        Target vault = new Target(TargetKind.CHANNEL, "vault:1", "");
        told.of(delivery(new Subscribed(1L, "cursor", List.of(vault), List.of())));
        nanos.addAndGet(Duration.ofMillis(300).toNanos());
        assertThat(told.inChannel(DEMO, "source", "vault:1").ago()).contains(Duration.ofMillis(300));
        assertThat(told.inChannel(DEMO, "source", "vault:2").ago()).isEmpty();
        assertThat(told.ofRow(DEMO, "source", "7", TYPES).ago()).contains(Duration.ofMillis(300));
        assertThat(told.ofRow(new TenantId("other"), "source", "7", TYPES).ago())
                .isEmpty();
    }

    @Test
    void ofARowOnlySubscriptionsCountThatCouldHaveIt() {
        told.of(delivery(
                new Subscribed(1L, "cursor", List.of(new Target(TargetKind.CHANNEL, "room:1", "")), List.of())));
        told.of(delivery(
                new Subscribed(2L, "cursor", List.of(new Target(TargetKind.ENTITY, "note:7", "")), List.of())));
        assertThat(told.ofRow(DEMO, "source", "7", TYPES)).isEqualTo(News.NONE);
        assertThat(told.ofRow(DEMO, "note", "7", TYPES).ago()).contains(Duration.ZERO);
        assertThat(told.ofRow(DEMO, "note", "8", TYPES)).isEqualTo(News.NONE);
        assertThat(told.ofRow(DEMO, "source", "7", Set.of("vault", "room")).ago())
                .contains(Duration.ZERO);
        assertThat(told.ofRow(DEMO, "source", "7", Set.of(Told.ANY)).ago())
                .as("where it could be in any channel")
                .contains(Duration.ZERO);
    }

    @Test
    void anotherLogMakesEverythingAskedAnewForEverybody() {
        told.of(new Delivery("node", null, 1L, 0, 1L, 1L, new Reset(null, null, ResetReason.EPOCH, List.of())));
        assertThat(told.inChannel(DEMO, "source", "vault:1").ago()).contains(Duration.ZERO);
        assertThat(told.ofRow(DEMO, "source", "7", TYPES).ago()).contains(Duration.ZERO);
        assertThat(told.ofChannel(DEMO, "vault:1").ago()).contains(Duration.ZERO);
    }

    @Test
    void whoMayHaveAChannelIsAskedAnewOnceSomebodyBeganOrWasRevoked() {
        Target vault = new Target(TargetKind.CHANNEL, "vault:1", "");
        tell("source:7", 100);
        assertThat(told.ofChannel(DEMO, "vault:1")).isEqualTo(News.NONE);
        told.of(delivery(new Revoked(new Principal("mira", PrincipalKind.USER), List.of(vault))));
        nanos.addAndGet(Duration.ofMillis(300).toNanos());
        assertThat(told.ofChannel(DEMO, "vault:1").ago()).contains(Duration.ofMillis(300));
        assertThat(told.ofChannel(DEMO, "vault:2").ago()).isEmpty();
        assertThat(told.inChannel(DEMO, "source", "vault:1").ago())
                .as("what others read")
                .isEmpty();
        assertThat(told.ofRow(DEMO, "source", "7", TYPES).ago()).isEmpty();
    }

    private static Catalog catalog() {
        return Catalog.parse("test.yaml", """
                source: app
                tenancy: {column: site_id, shard-by: {channel: vault, shards: 3, tenants: [split]}}
                channels: {vault: {access: tenant}}
                tables: {public.sources: {entity: source, channels: ["vault:{vault_id}"]}}
                """);
    }

    private static Delivery delivery(Object body) {
        return new Delivery("node", "demo", 1L, 0, 1L, 1L, body);
    }

    /// In a channel that is listened to whole, and in one that is listened to with a filter.
    private void tell(String entity, long xid) {
        Target filtered = new Target(TargetKind.CHANNEL, "vault:2", "open=is.true");
        Frame frame =
                new Frame(List.of("vault:1"), List.of(filtered), entity, List.of(), 1L, 1L, xid, 1L, 1L, "{}", null);
        told.of(delivery(new Frames(null, null, List.of(frame))));
    }
}
