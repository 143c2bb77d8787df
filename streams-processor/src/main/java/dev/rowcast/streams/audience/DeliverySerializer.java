package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.registry.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema.Field;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/// Writes deliveries. What several nodes get one after the other is encoded once: before the body, which is the last
/// field, stands only whom it is for. For one thread, as Kafka uses it.
final class DeliverySerializer implements Serializer<Delivery> {

    private final Serializer<Delivery> whole;
    private final Head head = new Head();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    private @Nullable Object body;
    private byte[] bytes = new byte[0];
    private int bodyAt;

    /// @param whole writes each delivery for itself, in the wire format
    DeliverySerializer(Serializer<Delivery> whole) {
        this.whole = whole;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // a body that is equal but another is written again
    public byte @Nullable [] serialize(String topic, @Nullable Delivery delivery) {
        if (delivery == null) {
            return null;
        }
        out.reset();
        if (delivery.getBody() == body) {
            out.write(bytes, 0, WireFormat.HEADER_BYTES);
            head.write(delivery, out);
            out.write(bytes, bodyAt, bytes.length - bodyAt);
            return out.toByteArray();
        }
        head.write(delivery, out);
        bytes = whole.serialize(topic, delivery);
        bodyAt = WireFormat.HEADER_BYTES + out.size();
        body = delivery.getBody();
        return bytes;
    }

    /// Everything but the last field.
    private static final class Head extends SpecificDatumWriter<Delivery> {

        private final List<Field> fields;
        private @Nullable BinaryEncoder encoder;

        Head() {
            super(Delivery.getClassSchema());
            List<Field> all = Delivery.getClassSchema().getFields();
            this.fields = all.subList(0, all.size() - 1);
        }

        void write(Delivery delivery, ByteArrayOutputStream out) {
            try {
                encoder = EncoderFactory.get().directBinaryEncoder(out, encoder);
                for (Field field : fields) {
                    write(field.schema(), delivery.get(field.pos()), encoder);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
