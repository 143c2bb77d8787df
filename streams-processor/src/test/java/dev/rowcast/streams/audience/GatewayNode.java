package dev.rowcast.streams.audience;

import static dev.rowcast.streams.audience.Samples.EPOCH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.avro.Admitted;
import dev.rowcast.schemas.avro.Attached;
import dev.rowcast.schemas.avro.Delivery;
import dev.rowcast.schemas.avro.Frame;
import dev.rowcast.schemas.avro.Frames;
import dev.rowcast.schemas.avro.GatewayCommand;
import dev.rowcast.schemas.avro.Principal;
import dev.rowcast.schemas.avro.Reset;
import dev.rowcast.schemas.avro.Revoked;
import dev.rowcast.schemas.avro.Span;
import dev.rowcast.schemas.avro.Start;
import dev.rowcast.schemas.avro.Subscribe;
import dev.rowcast.schemas.avro.Subscribed;
import dev.rowcast.schemas.avro.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/// A gateway node as the topology may expect it to be: it drops by position what it had, knows who listens, and takes
/// an answer that comes again. It holds each delivery against the model when it comes.
final class GatewayNode {

    /// One request, with the spans that it was told for each of its sessions.
    private record Ask(long start, List<Session> sessions, Map<Session, List<Span>> spans) {}

    private record Wish(String tenant, Target target) {}

    private final Model model;
    private final BiConsumer<String, GatewayCommand> commands;
    private final String name;
    private final List<Session> sessions = new ArrayList<>();
    private final Map<Long, Ask> asks = new HashMap<>();
    private final Set<Wish> wishes = new HashSet<>();
    private final List<Delivery> inbox = new ArrayList<>();
    /// How many of the inbox a crash cannot take.
    private int committed;
    private long received;

    /// @param commands takes each command with its tenant
    GatewayNode(Model model, BiConsumer<String, GatewayCommand> commands, String name) {
        this.model = model;
        this.commands = commands;
        this.name = name;
    }

    /// How many frames its clients got that are gone.
    long received() {
        return received;
    }

    /// Its clients are gone, and had everything up to where they were.
    void kill() {
        sessions.forEach(session -> end(session, "killed"));
    }

    /// Clients ask for the same; one request for all.
    void subscribe(String tenant, List<Principal> principals, Target target, long start) {
        if (sessions.stream()
                .noneMatch(each -> each.tenant.equals(tenant)
                        && principals.contains(each.principal)
                        && each.target.equals(target))) {
            List<Session> asking = principals.stream()
                    .map(principal -> new Session(tenant, principal, target, start))
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
            session.verifyWhole(model, "at the end");
            received += session.received();
        }
    }

    private void receive(Delivery delivery) {
        long position = delivery.getOffset();
        switch (delivery.getBody()) {
            case Attached attached -> {
                if (!attached.getKnown()) {
                    List.copyOf(sessions).forEach(session -> askAgain(session));
                }
            }
            case Admitted admitted -> admit(asked(admitted.getRequest()), admitted, position);
            case Subscribed subscribed -> answer(asked(subscribed.getRequest()), subscribed, position);
            case Reset reset -> {
                Stream<Session> concerned = reset.getRequest() == null
                        ? sessions.stream().filter(each -> each.tenant.equals(delivery.getTenant()))
                        : asked(reset.getRequest()).sessions().stream();
                concerned
                        .filter(each -> reset.getTargets().contains(each.target)
                                && (reset.getPrincipal() == null
                                        || reset.getPrincipal().equals(each.principal)))
                        .forEach(each -> each.reset(position));
            }
            case Revoked revoked ->
                sessions.stream()
                        .filter(each -> each.is(delivery.getTenant(), revoked.getPrincipal())
                                && (revoked.getTargets().isEmpty()
                                        || revoked.getTargets().contains(each.target)))
                        .filter(each -> each.isLive() && each.answered < position)
                        .toList()
                        .forEach(each -> {
                            assertThat(model.accepts(each.tenant, each.principal, each.target, position))
                                    .as("%s is revoked rightly at %d", each, position)
                                    .isFalse();
                            close(each, "revoked at " + position);
                        });
            case Frames frames -> frames.getFrames().forEach(frame -> frame(delivery, frames, frame));
            default -> {}
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
                assertThat(spans)
                        .as("spans of %s", session)
                        .isEqualTo(model.spans(
                                session.tenant, session.principal, session.target.getName(), ask.start(), position));
            }
        }
    }

    private void answer(Ask ask, Subscribed subscribed, long position) {
        for (Session session : ask.sessions()) {
            boolean accepted = subscribed.getAccepted().contains(session.target)
                    && (!session.hasMembers() || ask.spans().containsKey(session));
            boolean may = model.accepts(session.tenant, session.principal, session.target, position);
            if (session.isShared()) {
                may = ask.sessions().stream()
                        .filter(each -> each.target.equals(session.target))
                        .allMatch(each -> model.accepts(each.tenant, each.principal, each.target, position));
            }
            assertThat(accepted).as("%s is accepted at %d", session, position).isEqualTo(may);
            if (!sessions.contains(session)) {
                continue;
            }
            if (accepted) {
                session.accept(model, position);
            } else if (session.isLive()) {
                askAgain(session);
            } else {
                session.verify(model, "refused");
                sessions.remove(session);
            }
        }
    }

    private void frame(Delivery delivery, Frames frames, Frame frame) {
        String tenant = Objects.requireNonNull(delivery.getTenant());
        assertThat(frame.getRows()).as("the canary").contains("\"of " + tenant + '"');
        long offset = frame.getOffset();
        assertThat(offset).isEqualTo(frame.getLsn() - 1_000);
        String action = frame.getKeys().replaceAll(".*\"action\":\"(\\w+)\".*", "$1");
        Ask ask = frames.getRequest() == null ? null : asked(frames.getRequest());
        if (ask == null) {
            assertThat(wishes).as("%d was asked for", offset).containsAll(wishes(tenant, frame));
        }
        boolean anybodys = false;
        for (Session session : List.copyOf(ask == null ? sessions : ask.sessions())) {
            if (!session.tenant.equals(tenant)
                    || !session.isAddressed(
                            frame.getChannels(), String.valueOf(frame.getEntity()), frame.getPrincipals())) {
                continue;
            }
            boolean its = ask == null ? session.isLive() : !session.hasMembers() || covers(ask, session, offset);
            anybodys |= its;
            if (its && sessions.contains(session)) {
                if (ask == null) {
                    session.takeLive(model, offset, action);
                } else {
                    session.takeReplayed(offset, action);
                }
            }
        }
        assertThat(ask == null || anybodys)
                .as("%d is replayed for somebody", offset)
                .isTrue();
    }

    private static List<Wish> wishes(String tenant, Frame frame) {
        List<Wish> wishes = new ArrayList<>();
        frame.getChannels().forEach(channel -> wishes.add(new Wish(tenant, Samples.channel(channel))));
        if (!frame.getPrincipals().isEmpty()) {
            wishes.add(new Wish(tenant, Samples.entity(String.valueOf(frame.getEntity()))));
        }
        return wishes;
    }

    private static boolean covers(Ask ask, Session session, long offset) {
        return Session.covers(ask.spans().getOrDefault(session, List.of()), offset);
    }

    private void askAgain(Session session) {
        ask(session.tenant, List.of(session), List.of(session.principal), List.of(session.target), session.position);
    }

    private Ask asked(long request) {
        return Objects.requireNonNull(asks.get(request));
    }

    private void ask(
            String tenant, List<Session> asking, List<Principal> principals, List<Target> targets, long start) {
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
                                new Start(EPOCH, start),
                                principals.subList(1, principals.size()))));
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
            session.verify(model, why);
        }
        received += session.received();
    }
}
