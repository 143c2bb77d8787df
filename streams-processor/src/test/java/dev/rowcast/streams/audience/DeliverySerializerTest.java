package dev.rowcast.streams.audience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.registry.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeliverySerializerTest {

    private final List<Delivery> whole = new ArrayList<>();
    private final DeliverySerializer serializer = new DeliverySerializer((topic, delivery) -> {
        whole.add(delivery);
        return bytes(delivery);
    });

    @Test
    void aBodyForSeveralNodesIsEncodedOnceAndReadsAsIfEachWereWrittenForItself() {
        Frames body = frames("vault:1");
        List<Delivery> all = List.of(
                delivery("n1", "demo", 7, body),
                delivery("another", null, 1L << 40, body),
                delivery("n1", "x", 0, body));

        for (Delivery each : all) {
            assertThat(serializer.serialize("rowcast.deliveries", each)).isEqualTo(bytes(each));
        }
        assertThat(whole).containsExactly(all.getFirst());
    }

    @Test
    void anotherBodyIsEncodedForItself() {
        Delivery first = delivery("n1", "demo", 7, frames("vault:1"));
        Delivery second = delivery("n1", "demo", 7, frames("vault:2"));

        assertThat(serializer.serialize("rowcast.deliveries", first)).isEqualTo(bytes(first));
        assertThat(serializer.serialize("rowcast.deliveries", second)).isEqualTo(bytes(second));
        assertThat(serializer.serialize("rowcast.deliveries", first)).isEqualTo(bytes(first));
    }

    private static Delivery delivery(String node, @Nullable String tenant, long offset, Object body) {
        return new Delivery(node, tenant, 9L, 3, offset, 1_767_225_600_000_000L, body);
    }

    private static Frames frames(String channel) {
        Frame frame = new Frame(List.of(channel), List.of(), "source:1", List.of(), 1L, 2L, 3L, 4L, 5L, "{}", null);
        return new Frames(null, "cursor", List.of(frame));
    }

    /// In the wire format, with some schema's id.
    private static byte[] bytes(Delivery delivery) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(WireFormat.header(9));
        try {
            BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
            new SpecificDatumWriter<>(Delivery.class).write(delivery, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
