package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.Target;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Divides what one change means among records that pass Kafka easily. A frame that has very many
/// receivers is repeated, with others each time.
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

    /// Divides what must be refetched.
    ///
    /// @param targets at least one
    static List<List<Target>> ofTargets(Collection<Target> targets) {
        List<List<Target>> parts = new ArrayList<>();
        long bytes = 0;
        for (Target target : targets) {
            long size = Sizes.of(target);
            if (parts.isEmpty() || bytes + size > FRAMES_BYTES) {
                parts.add(new ArrayList<>());
                bytes = 0;
            }
            parts.getLast().add(target);
            bytes += size;
        }
        return parts;
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
        Division division = new Division(frame);
        frame.getFiltered().forEach(division::add);
        frame.getPrincipals().forEach(division::add);
        division.finish();
    }

    /// A frame that is repeated, with other receivers each time; the first time with the channels.
    private final class Division {

        private final Frame frame;
        private List<String> channels;
        private List<Target> filtered = new ArrayList<>();
        private List<Principal> principals = new ArrayList<>();
        private long size;

        Division(Frame frame) {
            this.frame = frame;
            this.channels = frame.getChannels();
            this.size = Sizes.withoutReceivers(frame);
        }

        void add(Target target) {
            makeRoom(Sizes.of(target));
            filtered.add(target);
        }

        void add(Principal principal) {
            makeRoom(Sizes.of(principal));
            principals.add(principal);
        }

        void finish() {
            put(with(frame, channels, filtered, principals), size);
        }

        private void makeRoom(long more) {
            if (size + more > FRAMES_BYTES) {
                finish();
                next();
                channels = List.of();
                filtered = new ArrayList<>();
                principals = new ArrayList<>();
                size = Sizes.withoutReceivers(frame);
            }
            size += more;
        }
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

    private static Frame with(Frame frame, List<String> channels, List<Target> filtered, List<Principal> principals) {
        return new Frame(
                channels,
                filtered,
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
