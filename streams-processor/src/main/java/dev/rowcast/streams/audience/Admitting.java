package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Admission;
import dev.rowcast.schemas.avro.Admitted;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.streams.history.Knowledge;
import dev.rowcast.streams.ordering.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Says whom a request lets into which channels with members.
final class Admitting {

    private static final int SPAN_BYTES = 20;

    /// Who cannot be told what it missed, because it is known no more when it was a member.
    record Forgotten(Subscriber subscriber, Target target) {}

    private final dev.rowcast.streams.audience.Admission admission;
    private final Request request;
    private final List<Admitted> records = new ArrayList<>();
    private final List<Forgotten> forgotten = new ArrayList<>();
    private List<Admission> admissions = new ArrayList<>();
    private long bytes;

    /// @param after what the asker has, exclusive; at or after `until` there is nothing to replay
    /// @param until the request's position
    Admitting(dev.rowcast.streams.audience.Admission admission, Request request, Position after, Position until) {
        this.admission = admission;
        this.request = request;
        request.accepted().forEach((target, subscribers) -> {
            if (admission.hasMembers(target.getName())) {
                subscribers.forEach(subscriber -> admit(subscriber, target, after, until));
            }
        });
        flush();
    }

    /// Usually one record; none when no channel with members was accepted.
    List<Admitted> records() {
        return records;
    }

    List<Forgotten> forgotten() {
        return forgotten;
    }

    private void admit(Subscriber subscriber, Target target, Position after, Position until) {
        Span live = new Span(until.offset(), until.offset());
        List<Span> spans = new ArrayList<>();
        if (after.offset() < until.offset()) {
            switch (admission.spans(request.tenant(), subscriber, target.getName(), after, until)) {
                case Knowledge.Unknown<List<dev.rowcast.streams.grants.Span>> unknown ->
                    forgotten.add(new Forgotten(subscriber, target));
                case Knowledge.Known<List<dev.rowcast.streams.grants.Span>>(
                        Optional<List<dev.rowcast.streams.grants.Span>> known) ->
                    known.orElse(List.of()).forEach(span -> spans.add(new Span(span.after(), span.until())));
            }
        }
        if (spans.isEmpty() || spans.getLast().getUntil() < until.offset()) {
            spans.add(live);
        }
        Admission admitted = new Admission(subscriber.toPrincipal(), target, spans);
        long size = Sizes.of(subscriber.toPrincipal()) + Sizes.of(target) + (long) SPAN_BYTES * spans.size();
        if (bytes + size > Parts.DELIVERY_BYTES / 2) {
            flush();
        }
        admissions.add(admitted);
        bytes += size;
    }

    private void flush() {
        if (!admissions.isEmpty()) {
            records.add(new Admitted(request.number(), admissions));
            admissions = new ArrayList<>();
            bytes = 0;
        }
    }
}
