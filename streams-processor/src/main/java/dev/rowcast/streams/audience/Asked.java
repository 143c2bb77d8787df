package dev.rowcast.streams.audience;

import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.avro.Unsubscribe;
import dev.rowcast.schemas.tenant.TenantId;
import dev.rowcast.streams.ordering.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// What a node asked for some of its subscribers, and what of it they still want.
final class Asked {

    private final String node;
    private final Subscribe subscribe;
    private final ReplayServices services;
    /// Who took back what since it was asked.
    private final List<Unsubscribe> withdrawn = new ArrayList<>();

    private Request request;
    private Replayer replayer;

    /// @param subscribe what was asked
    /// @param request the same, held against who may have it
    Asked(String node, Subscribe subscribe, Request request, ReplayServices services) {
        this.node = node;
        this.subscribe = subscribe;
        this.services = services;
        this.request = request;
        this.replayer = new Replayer(services.admission(), services.texts(), request);
    }

    String node() {
        return node;
    }

    TenantId tenant() {
        return request.tenant();
    }

    /// The node's.
    long number() {
        return subscribe.getRequest();
    }

    Position start() {
        return new Position(
                subscribe.getStart().getEpoch(), subscribe.getStart().getOffset());
    }

    /// Whether nobody wants rows.
    boolean keysOnly() {
        return subscribe.getKeysOnly();
    }

    /// What is left of it.
    Request request() {
        return request;
    }

    /// Says what a change means to those who are left.
    Replayer replayer() {
        return replayer;
    }

    /// The subscriber does not want these any more.
    ///
    /// @return whether it wanted any of them
    boolean forget(Subscriber subscriber, Collection<Target> unwanted) {
        Request left = request.without(subscriber, unwanted, services.admission());
        boolean changed = !left.equals(request);
        if (changed) {
            request = left;
            withdrawn.add(new Unsubscribe(subscriber.toPrincipal(), List.copyOf(unwanted)));
            replayer = new Replayer(services.admission(), services.texts(), request);
        }
        return changed;
    }

    /// As it is stored: with the targets that are left, and with what of them is one subscriber's no more while others
    /// may still want it.
    StoredRequest stored() {
        Subscribe left = new Subscribe(
                subscribe.getRequest(),
                subscribe.getPrincipal(),
                subscribe.getTargets().stream()
                        .filter(target -> request.accepted().containsKey(target)
                                || request.rejected().contains(target))
                        .toList(),
                subscribe.getStart(),
                subscribe.getOthers(),
                subscribe.getKeysOnly());
        return new StoredRequest(left, List.copyOf(withdrawn));
    }
}
