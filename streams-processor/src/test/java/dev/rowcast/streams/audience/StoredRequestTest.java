package dev.rowcast.streams.audience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Unsubscribe;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// Requests that wait, as they outlive a task and a build.
class StoredRequestTest {

    private static final Subscribe REQUEST = new Subscribe(
            9L, Samples.ALICE, List.of(Samples.channel("vault:1", "title=eq.a")), Samples.after(4), List.of(), true);

    @BeforeAll
    static void trustOurRecords() {
        new TopicSerdes(new RegistryClient("http://localhost:1"));
    }

    @Test
    void aRequestIsReadAsItWasStored() throws IOException {
        StoredRequest stored = new StoredRequest(
                REQUEST, List.of(new Unsubscribe(Samples.ALICE, List.of(Samples.channel("vault:1")))));

        assertThat(StoredRequest.decode(stored.encoded())).isEqualTo(stored);
    }

    @Test
    @DisplayName("a request that was stored before it said whether anybody wants rows is one of somebody who does")
    void aRequestOfBeforeIsOfSomebodyWhoWantsRows() throws IOException {
        Subscribe expected = Subscribe.newBuilder(REQUEST).setKeysOnly(false).build();

        assertThat(StoredRequest.decode(asBefore(REQUEST)).subscribe()).isEqualTo(expected);
    }

    private static byte[] asBefore(Subscribe request) throws IOException {
        try (InputStream text = StoredRequest.class.getResourceAsStream("/stored/subscribe-1.avsc")) {
            Schema before = new Schema.Parser().parse(Objects.requireNonNull(text));
            ByteBuffer now = Subscribe.getEncoder().encode(request);
            int header = 10;
            GenericRecord record = new GenericDatumReader<GenericRecord>(Subscribe.getClassSchema(), before)
                    .read(
                            null,
                            DecoderFactory.get()
                                    .binaryDecoder(
                                            now.array(), now.position() + header, now.remaining() - header, null));
            ByteBuffer bytes = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), before).encode(record);
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            return copy;
        }
    }
}
