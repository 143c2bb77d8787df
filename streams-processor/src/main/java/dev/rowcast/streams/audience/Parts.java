package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Principal;
import java.util.ArrayList;
import java.util.List;

/// Divides the frames of one change among records that pass Kafka easily. A frame whose entity has very many
/// subscribers is repeated, with other principals each time.
final class Parts {

    /// What a delivery may have at most.
    static final int DELIVERY_BYTES = 512 << 10;

    /// For the node, the tenant, the cursor and what else is around the frames.
    private static final int ENVELOPE_BYTES = 4 << 10;

    private static final int FRAMES_BYTES = DELIVERY_BYTES - ENVELOPE_BYTES;

    private final List<List<Frame>> parts = new ArrayList<>();
    private List<Frame> part = new ArrayList<>();
    private long bytes;

    private Parts() {}

    /// At least one part, none of them empty when there are frames.
    static List<List<Frame>> of(List<Frame> frames) {
        Parts parts = new Parts();
        frames.forEach(parts::add);
        parts.parts.add(parts.part);
        return parts.parts;
    }

    private void add(Frame frame) {
        long size = Sizes.of(frame);
        if (bytes + size <= FRAMES_BYTES) {
            put(frame, size);
        } else if (size <= FRAMES_BYTES) {
            next();
            put(frame, size);
        } else {
            divide(frame);
        }
    }

    private void divide(Frame frame) {
        next();
        List<String> channels = frame.getChannels();
        List<Principal> some = new ArrayList<>();
        long size = Sizes.withoutPrincipals(frame);
        for (Principal principal : frame.getPrincipals()) {
            if (size + Sizes.of(principal) > FRAMES_BYTES) {
                put(with(frame, channels, some), size);
                next();
                channels = List.of();
                some = new ArrayList<>();
                size = Sizes.withoutPrincipals(frame);
            }
            some.add(principal);
            size += Sizes.of(principal);
        }
        put(with(frame, channels, some), size);
    }

    private void put(Frame frame, long size) {
        part.add(frame);
        bytes += size;
    }

    private void next() {
        if (!part.isEmpty()) {
            parts.add(part);
            part = new ArrayList<>();
            bytes = 0;
        }
    }

    private static Frame with(Frame frame, List<String> channels, List<Principal> principals) {
        return new Frame(
                channels,
                frame.getFiltered(),
                frame.getEntity(),
                principals,
                frame.getOffset(),
                frame.getLsn(),
                frame.getXid(),
                frame.getCommitUs(),
                frame.getCapturedUs(),
                frame.getKeys(),
                frame.getRows());
    }
}
