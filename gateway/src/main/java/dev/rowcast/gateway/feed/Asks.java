package dev.rowcast.gateway.feed;

import dev.rowcast.gateway.auth.Identity;
import dev.rowcast.gateway.auth.Principal;
import dev.rowcast.gateway.channel.Start;
import dev.rowcast.gateway.channel.Target;
import dev.rowcast.gateway.channel.Upstream.Ask;
import dev.rowcast.gateway.channel.Upstream.Together;
import dev.rowcast.schemas.position.Epoch;
import dev.rowcast.schemas.tenant.TenantId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Puts requests for the same channels together, so that the clients of a node that died cost a few commands
/// and not one each. The first goes at once; those that come while it waits for its answer go together with the
/// answer, or after a moment without one. So there is no delay where there is no crowd. The moment doubles each
/// time that no answer came, because a topology that has much to do would get more of it, and slower.
///
/// For one thread, but for [#together].
final class Asks {

    /// One command holds so many principals, and bytes of their names, that its answer still fits into a record.
    private static final int MOST_PRINCIPALS = 500;

    private static final int MOST_NAME_BYTES = 64 << 10;
    private static final int MOST_REQUESTS = 5_000;
    private static final Duration PATIENCE = Duration.ofMillis(250);
    /// So often it doubles; then they wait for 4 s, which is less than a request does.
    private static final int MOST_DOUBLINGS = 4;

    /// Longer than any request waits.
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    /// One command, for one or for many.
    ///
    /// @param principals at least one
    /// @param keysOnly whether nobody wants rows
    /// @param connection the id of the first who asked, for logs
    record Command(
            long request,
            TenantId tenant,
            List<Principal> principals,
            List<Target> targets,
            Epoch epoch,
            long start,
            boolean keysOnly,
            String connection) {}

    /// What commands need the node for.
    interface Sender {
        /// Whether anybody here still wants the target.
        boolean wanted(Identity identity, Target target);

        void send(Command command);
    }

    /// Who may go together. The answer for an open channel is one for all of a command, so only those go together of
    /// whom the same is true: principals of one kind, and of keys, which can be revoked, each by itself.
    private record Crowd(
            TenantId tenant,
            Set<Target> targets,
            Principal.Kind kind,
            Optional<Principal> key,
            Epoch epoch,
            OptionalLong exactly) {
        static Crowd of(Ask ask) {
            Principal principal = ask.identity().principal();
            Start start = ask.start();
            return new Crowd(
                    ask.identity().tenant(),
                    Set.copyOf(ask.targets()),
                    principal.kind(),
                    Optional.of(principal).filter(each -> each.kind() == Principal.Kind.KEY),
                    start.epoch(),
                    ask.exact() ? OptionalLong.of(start.offset()) : OptionalLong.empty());
        }
    }

    private static final class Line {
        final List<Ask> waiting = new ArrayList<>();
        long unanswered = -1;
        long sentNanos;
        int inVain;

        boolean waits(long nowNanos) {
            return unanswered >= 0 && nowNanos - sentNanos < PATIENCE.toNanos() << Math.min(inVain, MOST_DOUBLINGS);
        }
    }

    private record Sent(long number, long nanos) {}

    private final Sender sender;
    private final Map<Crowd, Line> lines = new HashMap<>();
    private final Map<Long, Crowd> unanswered = new HashMap<>();
    private final Map<Long, Together> together = new ConcurrentHashMap<>();
    private final Deque<Sent> remembered = new ArrayDeque<>();

    Asks(Sender sender) {
        this.sender = sender;
    }

    void add(Ask ask, long nowNanos) {
        if (ask.targets().stream().anyMatch(target -> target.kind() != Target.Kind.CHANNEL)) {
            send(List.of(ask), wanted(ask), nowNanos);
        } else {
            lines.computeIfAbsent(Crowd.of(ask), unseen -> new Line()).waiting.add(ask);
        }
    }

    private List<Target> wanted(Ask ask) {
        return ask.targets().stream()
                .filter(target -> sender.wanted(ask.identity(), target))
                .toList();
    }

    /// The command with this number is answered, so those behind it go.
    void answered(long number) {
        Crowd crowd = unanswered.remove(number);
        Line line = crowd == null ? null : lines.get(crowd);
        if (line != null && line.unanswered == number) {
            line.unanswered = -1;
            line.inVain = 0;
        }
    }

    /// Sends what need not wait.
    void flush(long nowNanos) {
        for (Iterator<Map.Entry<Crowd, Line>> all = lines.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Crowd, Line> each = all.next();
            Line line = each.getValue();
            if (line.waits(nowNanos)) {
                continue;
            }
            if (line.unanswered >= 0) {
                unanswered.remove(line.unanswered);
                line.unanswered = -1;
                line.inVain++;
            }
            if (line.waiting.isEmpty()) {
                all.remove();
            } else {
                send(each.getKey(), line, nowNanos);
            }
        }
        while (!remembered.isEmpty() && nowNanos - remembered.getFirst().nanos() > REMEMBERED.toNanos()) {
            together.remove(remembered.removeFirst().number());
        }
    }

    private void send(Crowd crowd, Line line, long nowNanos) {
        List<Ask> part = new ArrayList<>();
        Set<Principal> principals = new LinkedHashSet<>();
        int bytes = 0;
        for (Ask ask : line.waiting) {
            List<Target> wanted = wanted(ask);
            if (wanted.size() < ask.targets().size()) {
                send(List.of(ask), wanted, nowNanos);
                continue;
            }
            if (principals.add(ask.identity().principal())) {
                bytes += ask.identity().principal().id().length();
            }
            part.add(ask);
            if (principals.size() == MOST_PRINCIPALS || bytes > MOST_NAME_BYTES || part.size() == MOST_REQUESTS) {
                line.unanswered = send(part, wanted, nowNanos);
                part = new ArrayList<>();
                principals.clear();
                bytes = 0;
            }
        }
        if (!part.isEmpty()) {
            line.unanswered = send(part, part.getFirst().targets(), nowNanos);
        }
        line.waiting.clear();
        line.sentNanos = nowNanos;
        if (line.unanswered >= 0) {
            unanswered.put(line.unanswered, crowd);
        }
    }

    /// @return the command's number; -1 when nobody wants any of it any more
    private long send(List<Ask> asks, List<Target> wanted, long nowNanos) {
        if (wanted.isEmpty()) {
            return -1;
        }
        Ask first = asks.getFirst();
        long start = asks.stream().mapToLong(ask -> ask.start().offset()).min().orElseThrow();
        if (asks.size() > 1) {
            List<Long> numbers = asks.stream().map(Ask::request).toList();
            together.put(first.request(), new Together(numbers, start));
            remembered.addLast(new Sent(first.request(), nowNanos));
        }
        sender.send(new Command(
                first.request(),
                first.identity().tenant(),
                asks.stream().map(ask -> ask.identity().principal()).distinct().toList(),
                wanted,
                first.start().epoch(),
                start,
                asks.stream().allMatch(Ask::keysOnly),
                first.connection()));
        return first.request();
    }

    /// Whom an answer with this number is for. From any thread.
    Together together(long number) {
        @Nullable Together found = together.get(number);
        return found == null ? new Together(List.of(number), Long.MAX_VALUE) : found;
    }
}
