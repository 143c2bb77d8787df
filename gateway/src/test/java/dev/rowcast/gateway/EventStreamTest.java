package dev.rowcast.gateway;

import static dev.rowcast.gateway.support.TopologyStandIn.frame;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.embedded.Kafka;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Registry;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.gateway.support.EventStream;
import dev.rowcast.gateway.support.EventStream.Event;
import dev.rowcast.gateway.support.Stage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@NeedsParts({Part.KAFKA, Part.REGISTRY})
class EventStreamTest {

    private static Stage stage;

    @BeforeAll
    static void set(Kafka kafka, Registry registry) {
        stage = Stage.set(kafka, registry);
    }

    @AfterAll
    static void close() throws InterruptedException {
        stage.close();
    }

    @Test
    void aSubscriberGetsACommittedChangeWithItsCursor() {
        try (EventStream stream = stage.events("channel=vault:1")) {
            stream.next("SUBSCRIBED");

            long offset = stage.topology.publish("demo", frame("vault:1", "source", "77", 42));

            Event event = stream.next("INVALIDATE");
            String cursor = stage.topology.cursor("demo", offset);
            assertThat(event.text())
                    .isEqualTo("event: INVALIDATE\nid: " + cursor
                            + "\ndata: {\"type\":\"INVALIDATE\",\"payload\":{\"entityCode\":\"source\",\"changes\":[{"
                            + "\"entityId\":\"77\",\"action\":\"UPDATE\",\"version\":42}],"
                            + "\"timestamp\":\"2026-01-01T00:00:00.000Z\"},\"cursor\":\"" + cursor + "\"}");
        }
    }
}
