package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.Target;
import org.apache.kafka.common.utils.Utils;

/// How much room things take in a delivery, in bytes, never less than in truth.
final class Sizes {

    /// Numbers and the lengths of texts.
    private static final int FRAME_OVERHEAD = 96;

    private static final int TEXT_OVERHEAD = 5;

    private Sizes() {}

    static long of(Frame frame) {
        long size = withoutReceivers(frame);
        for (Target target : frame.getFiltered()) {
            size += of(target);
        }
        for (Principal principal : frame.getPrincipals()) {
            size += of(principal);
        }
        return size;
    }

    /// Without filtered channels and principals, of which there may be very many.
    static long withoutReceivers(Frame frame) {
        long size = FRAME_OVERHEAD + Utils.utf8Length(frame.getKeys());
        size += frame.getRows() == null ? 0 : Utils.utf8Length(frame.getRows());
        size += frame.getEntity() == null ? 0 : Utils.utf8Length(frame.getEntity());
        for (String channel : frame.getChannels()) {
            size += TEXT_OVERHEAD + Utils.utf8Length(channel);
        }
        return size;
    }

    static long of(Target target) {
        return 2 * TEXT_OVERHEAD + 1 + Utils.utf8Length(target.getName()) + Utils.utf8Length(target.getFilter());
    }

    static long of(Principal principal) {
        return TEXT_OVERHEAD + 1 + Utils.utf8Length(principal.getId());
    }
}
