package dev.rowcast.gateway.publish;

import dev.rowcast.schemas.tenant.TenantId;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Jobs as opaque signed text, the same on every node. The tenant is part of what is signed, so another tenant's id, a
/// forged one and a damaged one all read as none.
///
/// Safe for use by several threads.
final class JobCodec {

    private static final byte FORMAT = 1;
    private static final int MARK_BYTES = 16;
    private static final int BYTES = 1 + MARK_BYTES + 8 + 4 + 4 + 8;
    private static final int SIGNATURE_BYTES = 16;
    private static final String ALGORITHM = "HmacSHA256";

    /// The secret signs other things too; this says that it is a job.
    private static final byte[] PURPOSE = "rowcast job\n".getBytes(StandardCharsets.UTF_8);

    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final SecretKeySpec secret;

    /// @param secret that of cursors, the same on every node
    JobCodec(String secret) {
        this.secret = new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM);
    }

    String encode(TenantId tenant, Job job) {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES + SIGNATURE_BYTES)
                .put(FORMAT)
                .put(HexFormat.of().parseHex(job.mark()))
                .putLong(job.takenAt().toEpochMilli())
                .putInt(job.topic())
                .putInt(job.partition())
                .putLong(job.last());
        buffer.put(sign(tenant, buffer.array()));
        return ENCODER.encodeToString(buffer.array());
    }

    /// The job that the text stands for; empty when it was not made for this tenant with this secret.
    Optional<Job> decode(TenantId tenant, String text) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            // The second test refuses the other spellings of the last character that base64 would let through.
            if (bytes.length != BYTES + SIGNATURE_BYTES
                    || !ENCODER.encodeToString(bytes).equals(text)
                    || !MessageDigest.isEqual(sign(tenant, bytes), Arrays.copyOfRange(bytes, BYTES, bytes.length))) {
                return Optional.empty();
            }
            return read(ByteBuffer.wrap(bytes));
        } catch (IllegalArgumentException | BufferUnderflowException e) {
            return Optional.empty();
        }
    }

    private static Optional<Job> read(ByteBuffer buffer) {
        if (buffer.get() != FORMAT) {
            return Optional.empty();
        }
        byte[] mark = new byte[MARK_BYTES];
        buffer.get(mark);
        return Optional.of(new Job(
                HexFormat.of().formatHex(mark),
                Instant.ofEpochMilli(buffer.getLong()),
                buffer.getInt(),
                buffer.getInt(),
                buffer.getLong()));
    }

    /// @param bytes of which the first [#BYTES] count
    private byte[] sign(TenantId tenant, byte[] bytes) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update(PURPOSE);
            mac.update(bytes, 0, BYTES);
            mac.update(tenant.value().getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(mac.doFinal(), SIGNATURE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
