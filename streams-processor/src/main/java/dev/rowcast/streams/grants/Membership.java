package dev.rowcast.streams.grants;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/// What a row of a members table says.
///
/// @param channel `type:id`; empty in what a row of the API keys says: that the key lives
/// @param principal a user's `sub`, or a key's id
/// @param role empty where the catalog names no column for it, or the row has none
public record Membership(String channel, String principal, String role) {

    /// Each text as 4 bytes length and UTF-8.
    static Serde<Membership> serde() {
        return Serdes.serdeFrom((topic, membership) -> bytes(membership), (topic, bytes) -> membership(bytes));
    }

    boolean isOf(String otherChannel, String otherPrincipal) {
        return channel.equals(otherChannel) && principal.equals(otherPrincipal);
    }

    private static byte[] bytes(Membership membership) {
        byte[] channel = membership.channel.getBytes(StandardCharsets.UTF_8);
        byte[] principal = membership.principal.getBytes(StandardCharsets.UTF_8);
        byte[] role = membership.role.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(3 * Integer.BYTES + channel.length + principal.length + role.length)
                .putInt(channel.length)
                .put(channel)
                .putInt(principal.length)
                .put(principal)
                .putInt(role.length)
                .put(role)
                .array();
    }

    private static Membership membership(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new Membership(text(buffer), text(buffer), text(buffer));
    }

    private static String text(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.getInt()];
        buffer.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
