package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Unsubscribe;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;

/// A request that waits, as it outlives the task: as it came, with the targets that are left, and then who of several
/// took back what.
///
/// @param withdrawn in the order in which it came
record StoredRequest(Subscribe subscribe, List<Unsubscribe> withdrawn) {

    /// How requests were stored before [Subscribe#getKeysOnly()].
    private static final String FIRST_SCHEMA = "/stored/subscribe-1.avsc";

    private static final BinaryMessageDecoder<Subscribe> DECODER = Subscribe.getDecoder();

    static {
        try (InputStream schema = StoredRequest.class.getResourceAsStream(FIRST_SCHEMA)) {
            DECODER.addSchema(new Schema.Parser().parse(Objects.requireNonNull(schema)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    StoredRequest {
        withdrawn = List.copyOf(withdrawn);
    }

    /// Each as Avro encodes a single object, one after the other.
    byte[] encoded() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Subscribe.getEncoder().encode(subscribe, out);
            for (Unsubscribe each : withdrawn) {
                Unsubscribe.getEncoder().encode(each, out);
            }
        } catch (IOException e) {
            throw new IllegalStateException("cannot encode a request", e);
        }
        return out.toByteArray();
    }

    /// @throws IOException when the bytes are of an unknown version
    static StoredRequest decode(byte[] bytes) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes);
        Subscribe subscribe = DECODER.decode(in);
        List<Unsubscribe> withdrawn = new ArrayList<>();
        while (in.available() > 0) {
            withdrawn.add(Unsubscribe.getDecoder().decode(in));
        }
        return new StoredRequest(subscribe, withdrawn);
    }
}
