package dev.rowcast.ingest.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.catalog.Canary;
import dev.rowcast.schemas.catalog.Catalog;
import dev.rowcast.schemas.catalog.TableName;
import io.debezium.data.Envelope;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RouterTest {

    private static final Schema KEY =
            SchemaBuilder.struct().field("id", Schema.STRING_SCHEMA).build();
    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.STRING_SCHEMA)
            .field("site_id", Schema.STRING_SCHEMA)
            .field("room_id", Schema.STRING_SCHEMA)
            .field("user_id", Schema.STRING_SCHEMA)
            .build();

    private final Router router = new Router(Catalog.parse("rowcast.yaml", """
                    source: app
                    tenancy: {column: site_id}
                    channels:
                      room: {access: members, members: {table: public.members, channel: room_id, principal: user_id}}
                      hall: {access: members, members: {table: public.guests, channel: room_id, principal: user_id}}
                    tables:
                      public.members: {entity: member, channels: ["room:{room_id}"], insert-only: true}
                      public.updates: {entity: update, channels: ["room:{room_id}"], insert-only: true}
                    """), 4);

    @Test
    @DisplayName("a membership that ends is told, also where the table is insert-only and where tables has it not")
    void aMembershipThatEndsIsTold() throws UnroutableException {
        for (String table : new String[] {"public.members", "public.guests"}) {
            assertThat(router.route(deleted(table))).singleElement().satisfies(change -> {
                assertThat(change.operation()).isEqualTo(Operation.DELETE);
                assertThat(change.tenant()).isEqualTo("a");
                assertThat(change.before())
                        .contains(Map.of("site_id", "\"a\"", "room_id", "\"7\"", "user_id", "\"u\""));
            });
        }
    }

    @Test
    @DisplayName("a delete in another insert-only table is of no interest")
    void anotherDeleteIsOfNoInterest() throws UnroutableException {
        assertThat(router.route(deleted("public.updates"))).isEmpty();
    }

    @Test
    @DisplayName("the canary's row is a change like any other, of a tenant of its own, and a heartbeat is none")
    void theCanaryIsAChange() throws UnroutableException {
        assertThat(router.route(beat(2))).singleElement().satisfies(change -> {
            assertThat(change.operation()).isEqualTo(Operation.UPDATE);
            assertThat(change.tenant()).isEqualTo(Canary.TENANT.value());
            assertThat(change.table()).isEqualTo(Canary.TABLE.toString());
            assertThat(change.after()).contains(Map.of("id", "2"));
        });
        assertThat(router.route(beat(1))).isEmpty();
    }

    private static Captured.Row beat(int id) {
        Schema schema = SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();
        Struct row = new Struct(schema).put("id", id);
        return new Captured.Row(
                new SourceRecord(Map.of(), Map.of(), "t", schema, row),
                Canary.TABLE,
                Envelope.Operation.UPDATE,
                row,
                null,
                row,
                1,
                1,
                1,
                Optional.empty());
    }

    private static Captured.Row deleted(String table) {
        Struct row = new Struct(ROW)
                .put("id", "1")
                .put("site_id", "a")
                .put("room_id", "7")
                .put("user_id", "u");
        return new Captured.Row(
                new SourceRecord(Map.of(), Map.of(), "t", ROW, row),
                TableName.parse(table),
                Envelope.Operation.DELETE,
                new Struct(KEY).put("id", "1"),
                row,
                null,
                1,
                1,
                1,
                Optional.empty());
    }
}
