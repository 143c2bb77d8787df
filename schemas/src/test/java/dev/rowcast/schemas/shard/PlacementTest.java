package dev.rowcast.schemas.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.schemas.topic.Partitions;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Where the shards of a tenant are: the same for ever, because it decides where rows were written.
class PlacementTest {

    private static final TenantId ACME = new TenantId("acme");
    private static final TenantId OTHER = new TenantId("globex");

    private final Placement placement = Placement.of(catalog("{channel: vault, shards: 4, tenants: [acme]}"));

    @Test
    void aTenantThatIsNotSplitIsWhereItWas() {
        assertThat(placement.isSplit(OTHER)).isFalse();
        assertThat(placement.keys(OTHER)).containsExactly(OTHER);
        assertThat(placement.keysOfChannel(OTHER, "vault:42")).containsExactly(OTHER);
        assertThat(placement.keysOfEntity(OTHER, "source:1")).containsExactly(OTHER);
        assertThat(placement.partition(OTHER)).isEqualTo(Partitions.of("globex", 8));
        assertThat(placement.cursorOwner(OTHER)).isEqualTo(OTHER);
    }

    @Test
    void eachShardHasAKeyAndAPartitionOfItsOwn() {
        List<TenantId> keys = placement.keys(ACME);

        assertThat(keys).extracting(TenantId::value).containsExactly("acme", "acme/1", "acme/2", "acme/3");
        assertThat(keys).extracting(placement::tenant).containsOnly(ACME);
        assertThat(keys).extracting(placement::partition).doesNotHaveDuplicates();
        int own = Partitions.of("acme", 8);
        assertThat(keys)
                .extracting(placement::partition)
                .containsExactly(own, (own + 1) % 8, (own + 2) % 8, (own + 3) % 8);
    }

    /// Vectors: a row that was written in one place must be looked for there.
    @Test
    void theShardOfARootChannelNeverChanges() {
        assertThat(List.of("1", "42", "43", "a-b", "ä"))
                .extracting(id -> placement.keyOfRoot(ACME, id).value())
                .containsExactly("acme/3", "acme", "acme/2", "acme/1", "acme/1");
    }

    @Test
    void aRootChannelIsInOneShardAndOthersInThoseThatTellThem() {
        assertThat(placement.keysOfChannel(ACME, "vault:42")).containsExactly(placement.keyOfRoot(ACME, "42"));
        assertThat(placement.keysOfChannel(ACME, "site:7")).isEqualTo(placement.keys(ACME));
        assertThat(placement.keysOfChannel(ACME, "lobby:7")).containsExactly(ACME);
        assertThat(placement.keysOfEntity(ACME, "source:1")).isEqualTo(placement.keys(ACME));
        assertThat(placement.keysOfEntity(ACME, "plan:1")).containsExactly(ACME);
        assertThat(placement.keys(ACME))
                .filteredOn(key -> placement.holds(key, "vault:42"))
                .containsExactly(placement.keyOfRoot(ACME, "42"));
        assertThat(placement.keys(ACME)).allMatch(key -> placement.holds(key, "site:7"));
    }

    @Test
    void anEventIsWhereItsRootChannelsAre() {
        assertThat(placement.keysOfEvent(ACME, List.of("site:7"))).containsExactly(ACME);
        assertThat(placement.keysOfEvent(ACME, List.of("site:7", "vault:42", "vault:42")))
                .containsExactly(placement.keyOfRoot(ACME, "42"));
    }

    @Test
    void nobodyMayHaveTheNameOfAShard() {
        assertThat(placement.isReserved(new TenantId("acme/3"))).isTrue();
        assertThat(placement.isReserved(new TenantId("acme/cursor-1"))).isTrue();
        assertThat(placement.isReserved(new TenantId("globex/3"))).isFalse();
        assertThat(placement.isReserved(ACME)).isFalse();
    }

    @Test
    void aCursorIsOneOfTheSplitItWasMadeUnder() {
        CursorCodec codec = new CursorCodec("a secret of sixteen bytes");
        String text = codec.encode(placement.cursorOwner(ACME), Cursor.at(new Epoch(1), 0, 5));

        assertThat(codec.decode(ACME, text)).isEmpty();
        assertThat(List.of(
                        "{channel: vault, shards: 4, tenants: [acme, globex]}",
                        "{channel: vault, shards: 3, tenants: [acme]}",
                        "{channel: site, shards: 4, tenants: [acme]}"))
                .noneMatch(split -> codec.decode(Placement.of(catalog(split)).cursorOwner(ACME), text)
                        .isPresent());
        assertThat(codec.decode(
                        Placement.of(catalog("{channel: vault, shards: 4, tenants: [acme]}"))
                                .cursorOwner(ACME),
                        text))
                .isPresent();
    }

    @Test
    void whatWasSplitIsKnownFromItsIdentity() {
        assertThat(Placement.splitTenants(placement.identity())).containsExactly(ACME);
        assertThat(Placement.splitTenants("")).isEmpty();
    }

    @Test
    void moreShardsThanPartitionsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Placement.of(catalog("{channel: vault, shards: 4, tenants: [acme]}"), 3))
                .withMessageContaining("shards is 4, and rowcast.changes has 3 partitions");
    }

    private static Catalog catalog(String split) {
        return Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {column: site_id, shard-by: %s}
                channels: {vault: {access: tenant}, site: {access: tenant}, lobby: {access: tenant}}
                tables:
                  public.sources: {entity: source, channels: ["vault:{vault_id}", "site:{site_id}"]}
                  public.plans: {entity: plan, channels: ["lobby:{id}"]}
                """.formatted(split));
    }
}
