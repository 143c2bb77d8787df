package dev.rowcast.gateway.auth;

import dev.rowcast.schemas.tenant.TenantId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// What a ticket says: whom it lets in, until when, and from which page.
///
/// @param id its own, for using it once
/// @param end of the ticket; the credential that it was made with has its own end
/// @param origin of the page that had it made; empty when it was no page
record Ticket(UUID id, Instant end, Identity identity, Optional<String> origin) {

    private static final byte FORMAT = 1;
    private static final long NEVER = -1;
    private static final int EVERYTHING = -1;

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
            out.writeLong(end.toEpochMilli());
            out.writeUTF(identity.tenant().value());
            out.writeUTF(identity.principal().kind().name());
            out.writeUTF(identity.principal().id());
            out.writeLong(identity.expiresAt().map(Instant::toEpochMilli).orElse(NEVER));
            out.writeUTF(origin.orElse(""));
            out.writeInt(identity.reach().patterns().map(Set::size).orElse(EVERYTHING));
            for (String pattern : identity.reach().patterns().orElse(Set.of())) {
                out.writeUTF(pattern);
            }
        } catch (IOException e) {
            throw new IllegalStateException("an array takes everything", e);
        }
        return bytes.toByteArray();
    }

    /// Empty for what another version wrote.
    static Optional<Ticket> read(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != FORMAT) {
                return Optional.empty();
            }
            UUID id = new UUID(in.readLong(), in.readLong());
            Instant end = Instant.ofEpochMilli(in.readLong());
            TenantId tenant = new TenantId(in.readUTF());
            Principal principal = new Principal(Principal.Kind.valueOf(in.readUTF()), in.readUTF());
            long expires = in.readLong();
            String origin = in.readUTF();
            Identity identity = new Identity(
                    tenant,
                    principal,
                    expires == NEVER ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expires)),
                    reach(in));
            return Optional.of(new Ticket(id, end, identity, Optional.of(origin).filter(text -> !text.isEmpty())));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Reach reach(DataInputStream in) throws IOException {
        int count = in.readInt();
        if (count == EVERYTHING) {
            return Reach.ALL;
        }
        Set<String> patterns = new HashSet<>();
        for (int i = 0; i < count; i++) {
            patterns.add(in.readUTF());
        }
        return new Reach(Optional.of(patterns));
    }
}
