package dev.rowcast.streams.audience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Admitted;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.Progress;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.ResetReason;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import dev.rowcast.schemas.position.Cursor;
import dev.rowcast.schemas.tenant.TenantId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// A gateway node as the topology may expect it to be: it drops by position what it had, knows who listens, and takes
/// an answer that comes again. It holds each delivery against the model when it comes.
final class GatewayNode {

    /// One request, with the spans that it was told for each of its sessions.
    private record Ask(Start start, List<Session> sessions, Map<Session, List<Span>> spans) {}

    private record Wish(String tenant, Target target) {}

    private final Model model;
    private final BiConsumer<String, GatewayCommand> commands;
    private final Cursors cursors;
    private final String name;
    private final List<Session> sessions = new ArrayList<>();
    private final Map<Long, Ask> asks = new HashMap<>();
    private final Set<Wish> wishes = new HashSet<>();
    private final List<Delivery> inbox = new ArrayList<>();
    /// How many of the inbox a crash cannot take.
    private int committed;
    private long received;

    /// @param commands takes each command with its tenant
    /// @param cursors those that clients were told
    GatewayNode(Model model, BiConsumer<String, GatewayCommand> commands, Cursors cursors, String name) {
        this.model = model;
        this.commands = commands;
        this.cursors = cursors;
        this.name = name;
    }

    /// How many changes its clients got that are gone.
    long received() {
        return received;
    }

    /// Its clients are gone, and had everything up to where they were.
    void kill() {
        sessions.forEach(session -> end(session, "killed"));
    }

    /// Clients ask for the same; one request for all.
    void subscribe(String tenant, List<Principal> principals, Target target, Start start) {
        if (sessions.stream()
                .noneMatch(each -> each.tenant.equals(tenant)
                        && principals.contains(each.principal)
                        && each.target.equals(target))) {
            List<Session> asking = principals.stream()
                    .map(principal -> new Session(model, tenant, principal, target, start))
                    .toList();
            sessions.addAll(asking);
            wishes.add(new Wish(tenant, target));
            ask(tenant, asking, principals, List.of(target), start);
        }
    }

    void unsubscribe(Random random) {
        if (!sessions.isEmpty()) {
            close(sessions.get(random.nextInt(sessions.size())), "left");
        }
    }

    void send(Delivery delivery) {
        inbox.add(delivery);
    }

    void commit() {
        committed = inbox.size();
    }

    /// What a task told last may be lost when it dies.
    void crash(Random random) {
        int kept = committed + random.nextInt(inbox.size() - committed + 1);
        inbox.subList(kept, inbox.size()).clear();
    }

    boolean hasMail() {
        return !inbox.isEmpty();
    }

    /// Takes some of what was told.
    void receive(Random random) {
        receive(random.nextInt(inbox.size() + 1));
    }

    void receiveAll() {
        receive(inbox.size());
    }

    private void receive(int count) {
        List<Delivery> some = List.copyOf(inbox.subList(0, count));
        inbox.subList(0, count).clear();
        committed = Math.max(0, committed - count);
        some.forEach(this::receive);
    }

    void verifyWhole() {
        for (Session session : sessions) {
            assertThat(session.isLive()).as("%s was answered", session).isTrue();
            session.verifyWhole("at the end");
            received += session.received();
        }
    }

    private void receive(Delivery delivery) {
        long position = delivery.getOffset();
        switch (delivery.getBody()) {
            case Attached attached -> {
                if (!attached.getKnown()) {
                    // What others of the node are told meanwhile is not all that these must have.
                    sessions.forEach(Session::suspend);
                    List.copyOf(sessions).forEach(session -> askAgain(session));
                }
            }
            case Admitted admitted -> admit(asked(admitted.getRequest()), admitted, position);
            case Subscribed subscribed -> {
                Ask ask = asked(subscribed.getRequest());
                answer(ask, subscribed, new Start(delivery.getEpoch(), position));
                cursor(ask, subscribed);
            }
            case Reset reset -> reset(delivery, reset);
            case Revoked revoked ->
                sessions.stream()
                        .filter(each -> each.is(delivery.getTenant(), revoked.getPrincipal())
                                && (revoked.getTargets().isEmpty()
                                        || revoked.getTargets().stream()
                                                .anyMatch(target ->
                                                        target.getName().equals(each.target.getName()))))
                        .filter(each -> each.isLive() && each.answered < position)
                        .toList()
                        .forEach(each -> {
                            assertThat(model.accepts(each.tenant, each.principal, each.target, position))
                                    .as("%s is revoked rightly at %d", each, position)
                                    .isFalse();
                            close(each, "revoked at " + position);
                        });
            case Frames frames -> frames(delivery, frames);
            default -> {}
        }
        if (isLive(delivery.getBody())) {
            sessions.stream().filter(Session::isLive).forEach(each -> each.reach(delivery.getEpoch(), position));
        }
        if (delivery.getTenant() == null) {
            cursors.add("", new Start(delivery.getEpoch(), position));
        }
    }

    /// Whether it says how far the node is. `Attached` says so only to a node that has nothing.
    private static boolean isLive(Object body) {
        return switch (body) {
            case Frames frames -> frames.getRequest() == null;
            case Reset reset -> reset.getRequest() == null;
            case Progress here -> true;
            default -> false;
        };
    }

    private void reset(Delivery delivery, Reset reset) {
        long position = delivery.getOffset();
        Ask ask = reset.getRequest() == null ? null : asked(reset.getRequest());
        List<Session> concerned = (ask == null ? sessions.stream() : ask.sessions().stream())
                .filter(each -> delivery.getTenant() == null || each.tenant.equals(delivery.getTenant()))
                .filter(each ->
                        reset.getTargets().isEmpty() || reset.getTargets().contains(each.target))
                .filter(each ->
                        reset.getPrincipal() == null || reset.getPrincipal().equals(each.principal))
                .toList();
        for (Session each : concerned) {
            boolean byCut = ask == null && reset.getReason() != ResetReason.EPOCH;
            long at = byCut ? each.cut(position) : position;
            boolean isRight = ask == null
                    ? byCut ? at >= 0 : model.beginsEpoch(position + 1)
                    : ask.start().getEpoch() != delivery.getEpoch()
                            || LongStream.rangeClosed(ask.start().getOffset() + 1, position)
                                    .anyMatch(past ->
                                            model.beginsEpoch(past) || model.cuts(each.tenant, each.target, past));
            assertThat(isRight)
                    .as("%s has to refetch at %d: %s", each, position, reset)
                    .isTrue();
            each.reset(at);
        }
    }

    private void admit(Ask ask, Admitted admitted, long position) {
        ask.spans().clear();
        for (Session session : ask.sessions()) {
            admitted.getAdmissions().stream()
                    .filter(each -> each.getPrincipal().equals(session.principal)
                            && each.getTarget().equals(session.target))
                    .forEach(each -> ask.spans().put(session, each.getSpans()));
            List<Span> spans = ask.spans().get(session);
            if (spans != null && spans.getFirst().getAfter() < position) {
                List<Span> due = model.spans(
                        session.tenant,
                        session.principal,
                        session.target.getName(),
                        ask.start().getOffset(),
                        position);
                if (due.isEmpty() || due.getLast().getUntil() < position) {
                    // It was let in after that, by a transaction that is not told yet.
                    due.add(new Span(position, position));
                }
                assertThat(spans).as("spans of %s", session).isEqualTo(due);
            }
        }
    }

    private void answer(Ask ask, Subscribed subscribed, Start at) {
        long position = at.getOffset();
        for (Session session : ask.sessions()) {
            boolean accepted = subscribed.getAccepted().contains(session.target)
                    && (!session.hasMembers() || ask.spans().containsKey(session));
            // A transaction that is not told yet may have let it in.
            assertThat(LongStream.rangeClosed(position, model.wholeUntil(Math.min(position + 1, model.end() - 1)))
                            .mapToObj(now -> accepts(ask, session, now)))
                    .as("%s is accepted at %d", session, position)
                    .contains(accepted);
            if (!sessions.contains(session)) {
                continue;
            }
            if (accepted) {
                session.accept(at);
            } else if (session.isLive()) {
                askAgain(session);
            } else {
                session.verify("refused");
                sessions.remove(session);
            }
        }
    }

    /// In a channel without members the answer is one for all who ask.
    private boolean accepts(Ask ask, Session session, long now) {
        return (session.isShared() ? ask.sessions().stream() : Stream.of(session))
                .allMatch(each -> model.accepts(each.tenant, each.principal, each.target, now));
    }

    private void frames(Delivery delivery, Frames frames) {
        String tenant = Objects.requireNonNull(delivery.getTenant());
        Ask ask = frames.getRequest() == null ? null : asked(frames.getRequest());
        for (Frame frame : frames.getFrames()) {
            Tellings.requireOnly(tenant, frame);
            assertThat(ask != null || wishes.containsAll(wishes(tenant, frame)))
                    .as("%s was asked for", frame)
                    .isTrue();
            assertThat(ask == null || ask.sessions().stream().anyMatch(each -> isFor(ask, each, frame)))
                    .as("%s is replayed for somebody", frame)
                    .isTrue();
        }
        long cursor = frames.getCursor() == null ? -1 : cursor(tenant, frames, frames.getCursor());
        for (Session session : List.copyOf(sessions)) {
            if (!session.tenant.equals(tenant)
                    || (ask == null ? !session.isLive() : !ask.sessions().contains(session))) {
                continue;
            }
            TreeMap<Long, List<String>> its = new TreeMap<>();
            frames.getFrames().stream()
                    .filter(frame -> ask == null ? session.isAddressed(frame) : isFor(ask, session, frame))
                    .forEach(frame -> its.merge(frame.getOffset(), List.of(Tellings.of(frame)), GatewayNode::both));
            // Whom the request does not let in has nothing of its replay, and asks again for all of it.
            boolean isLetIn =
                    ask != null && (!session.hasMembers() || ask.spans().containsKey(session));
            if (isLetIn && !session.isLive()) {
                session.reach(delivery.getEpoch(), delivery.getOffset());
            }
            if (its.isEmpty()) {
                continue;
            } else if (ask == null) {
                session.takeLive(its);
            } else {
                session.takeReplayed(its);
            }
            session.takeCursor(cursor);
        }
    }

    private static List<String> both(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).sorted().toList();
    }

    private static boolean isFor(Ask ask, Session session, Frame frame) {
        return session.isAddressed(frame)
                && (!session.hasMembers()
                        || Session.covers(ask.spans().getOrDefault(session, List.of()), frame.getOffset()));
    }

    /// A cursor never stands within a transaction.
    private long cursor(String tenant, Object what, String text) {
        Cursor cursor = Samples.CURSORS.decode(new TenantId(tenant), text).orElseThrow();
        long offset = cursor.offset(0).orElseThrow();
        assertThat(model.isBetweenTransactions(offset))
                .as("a cursor may stand at %d, as in %s", offset, what)
                .isTrue();
        cursors.add(tenant, new Start(cursor.epoch().value(), offset));
        return offset;
    }

    /// Who asks again from where it is, which may be within a transaction that was told in parts, gets that back.
    private void cursor(Ask ask, Subscribed subscribed) {
        String tenant = ask.sessions().getFirst().tenant;
        Cursor cursor = Samples.CURSORS
                .decode(new TenantId(tenant), subscribed.getCursor())
                .orElseThrow();
        if (cursor.offset(0).orElseThrow() != ask.start().getOffset()) {
            cursor(tenant, subscribed, subscribed.getCursor());
        }
    }

    private static List<Wish> wishes(String tenant, Frame frame) {
        List<Wish> wishes = new ArrayList<>();
        frame.getChannels().forEach(channel -> wishes.add(new Wish(tenant, Samples.channel(channel))));
        frame.getFiltered().forEach(target -> wishes.add(new Wish(tenant, target)));
        if (!frame.getPrincipals().isEmpty()) {
            wishes.add(new Wish(tenant, Samples.entity(String.valueOf(frame.getEntity()))));
        }
        return wishes;
    }

    private void askAgain(Session session) {
        ask(session.tenant, List.of(session), List.of(session.principal), List.of(session.target), session.reached());
    }

    private Ask asked(long request) {
        return Objects.requireNonNull(asks.get(request));
    }

    private void ask(
            String tenant, List<Session> asking, List<Principal> principals, List<Target> targets, Start start) {
        long request = asks.size();
        asks.put(request, new Ask(start, asking, new HashMap<>()));
        commands.accept(
                tenant,
                Samples.command(
                        name,
                        0,
                        new Subscribe(
                                request,
                                principals.getFirst(),
                                targets,
                                start,
                                principals.subList(1, principals.size()),
                                false)));
    }

    private void close(Session session, String why) {
        sessions.remove(session);
        end(session, why);
        boolean others = session.isShared()
                && sessions.stream()
                        .anyMatch(each -> each.tenant.equals(session.tenant) && each.target.equals(session.target));
        if (!others) {
            commands.accept(session.tenant, Samples.unsubscribe(name, session.principal, session.target));
        }
    }

    private void end(Session session, String why) {
        if (session.isLive()) {
            session.verify(why);
        }
        received += session.received();
    }
}
