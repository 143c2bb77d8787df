package dev.rowcast.ingest.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.CatalogException;
import dev.rowcast.schemas.database.DatabaseUrl;
import java.util.Properties;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {

    @Test
    @DisplayName("I-5: the engine's own heartbeat is left unset, which would reach other clients under the same name")
    void theEnginesOwnHeartbeatIsLeftUnset() throws CatalogException {
        assertThat(settings().stringPropertyNames()).doesNotContain("heartbeat.interval.ms", "heartbeat.action.query");
    }

    @Test
    @DisplayName("I-3: no position that the engine keeps outlives it")
    void noPositionThatTheEngineKeepsOutlivesIt() throws CatalogException {
        assertThat(settings())
                .containsEntry("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore")
                .containsEntry("snapshot.mode", "no_data");
    }

    @Test
    @DisplayName("I-4: a slot is made so that a standby of the database can have a copy of it")
    void aSlotIsMadeSoThatAStandbyCanHaveACopy() throws CatalogException {
        assertThat(settings()).containsEntry("slot.failover", "true");
    }

    private static Properties settings() throws CatalogException {
        Catalog catalog = Catalog.parse("rowcast.yaml", """
                source: app
                tenancy: {constant: default}
                channels:
                  all: {access: public}
                tables:
                  public.notes: {entity: note, channels: ["all:1"]}
                """);
        return EngineSettings.of(DatabaseUrl.parse("postgresql://u:p@localhost:5432/app"), catalog, false);
    }
}
