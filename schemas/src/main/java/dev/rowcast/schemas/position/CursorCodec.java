package dev.rowcast.schemas.position;

import dev.rowcast.schemas.tenant.TenantId;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Cursors as opaque signed text, the same for every client of the tenant and on every transport. The tenant is
/// part of what is signed, so another tenant's cursor, a forged one and a damaged one all read as none.
///
/// The text is base64url without padding of: format 1 (a byte), epoch (8 bytes), then for each partition its
/// number and the distance of its offset from -1 (variable-length integers), and 16 bytes of HMAC-SHA256. One
/// partition makes about 40 characters.
///
/// Instances are safe for use by several threads.
public final class CursorCodec {

    private static final byte FORMAT = 1;
    private static final int SIGNATURE_BYTES = 16;
    private static final int SHORTEST_SECRET_BYTES = 16;
    private static final int LONGEST_TEXT = 2048;
    private static final String ALGORITHM = "HmacSHA256";
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final SecretKeySpec secret;
    private final ThreadLocal<Mac> macs = ThreadLocal.withInitial(this::mac);

    /// @param secret at least 16 bytes, the same for the topology and every gateway
    /// @throws IllegalArgumentException when the secret is shorter
    public CursorCodec(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < SHORTEST_SECRET_BYTES) {
            throw new IllegalArgumentException("the cursor secret has %d bytes; set ROWCAST_CURSOR_SECRET to %d or more"
                    .formatted(bytes.length, SHORTEST_SECRET_BYTES));
        }
        this.secret = new SecretKeySpec(bytes, ALGORITHM);
    }

    /// The cursor's text for clients of this tenant.
    public String encode(TenantId tenant, Cursor cursor) {
        ByteBuffer buffer = ByteBuffer.allocate(9 + cursor.offsets().size() * 15 + SIGNATURE_BYTES);
        buffer.put(FORMAT).putLong(cursor.epoch().value());
        cursor.offsets().forEach((partition, offset) -> {
            putVarLong(buffer, partition);
            putVarLong(buffer, offset + 1);
        });
        byte[] signature = sign(tenant, buffer.array(), buffer.position());
        buffer.put(signature, 0, SIGNATURE_BYTES);
        return ENCODER.encodeToString(Arrays.copyOf(buffer.array(), buffer.position()));
    }

    /// The cursor that the text stands for; empty when it was not made for this tenant with this secret.
    public Optional<Cursor> decode(TenantId tenant, String text) {
        if (text.length() > LONGEST_TEXT) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            int length = bytes.length - SIGNATURE_BYTES;
            // The second test refuses the other spellings of the last character that base64 would let through.
            if (length < 9 || !ENCODER.encodeToString(bytes).equals(text)) {
                return Optional.empty();
            }
            byte[] expected = Arrays.copyOf(sign(tenant, bytes, length), SIGNATURE_BYTES);
            if (!MessageDigest.isEqual(expected, Arrays.copyOfRange(bytes, length, bytes.length))) {
                return Optional.empty();
            }
            return read(ByteBuffer.wrap(bytes, 0, length));
        } catch (IllegalArgumentException | BufferUnderflowException | BufferOverflowException e) {
            return Optional.empty();
        }
    }

    private static Optional<Cursor> read(ByteBuffer buffer) {
        if (buffer.get() != FORMAT) {
            return Optional.empty();
        }
        Epoch epoch = new Epoch(buffer.getLong());
        SortedMap<Integer, Long> offsets = new TreeMap<>();
        while (buffer.hasRemaining()) {
            offsets.put(Math.toIntExact(getVarLong(buffer)), getVarLong(buffer) - 1);
        }
        return Optional.of(new Cursor(epoch, offsets));
    }

    private byte[] sign(TenantId tenant, byte[] bytes, int length) {
        Mac mac = macs.get();
        byte[] name = tenant.value().getBytes(StandardCharsets.UTF_8);
        mac.update((byte) name.length);
        mac.update((byte) (name.length >>> 8));
        mac.update(name);
        mac.update(bytes, 0, length);
        return mac.doFinal();
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    private static void putVarLong(ByteBuffer buffer, long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            buffer.put((byte) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        buffer.put((byte) rest);
    }

    private static long getVarLong(ByteBuffer buffer) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = buffer.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is too long");
    }
}
