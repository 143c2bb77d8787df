package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.limit.Verdict;
import dev.rowcast.gateway.policy.Judgement.Told;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.http.HttpHeaders;
import org.springframework.web.server.ServerWebExchange;

/// What an answer says of the limits that its request has met: how much is left of the tightest, and which there are.
final class LimitHeaders {

    private static final String TOLD = LimitHeaders.class.getName() + ".told";
    private static final Comparator<Told> TIGHTEST = Comparator.<Told, Boolean>comparing(
                    each -> each.verdict().allowed())
            .thenComparing(each -> each.verdict().retryAfter(), Comparator.reverseOrder())
            .thenComparing(each -> each.verdict().remaining())
            .thenComparing(each -> each.verdict().reset(), Comparator.reverseOrder());

    private LimitHeaders() {}

    /// Adds to what the answer says.
    static void add(ServerWebExchange exchange, List<Told> more) {
        if (more.isEmpty()) {
            return;
        }
        List<Told> all = new ArrayList<>(exchange.getAttributeOrDefault(TOLD, List.of()));
        all.addAll(more);
        exchange.getAttributes().put(TOLD, all);
        Told tightest = all.stream().min(TIGHTEST).orElseThrow();
        Verdict verdict = tightest.verdict();
        String reset = Long.toString(Problems.seconds(verdict.reset()));
        HttpHeaders headers = exchange.getResponse().getHeaders();
        headers.set("X-RateLimit-Limit", Integer.toString(verdict.limit()));
        headers.set("X-RateLimit-Remaining", Integer.toString(verdict.remaining()));
        headers.set("X-RateLimit-Reset", reset);
        headers.set("RateLimit-Policy", policies(all));
        headers.set("RateLimit", "\"%s\";r=%d;t=%s".formatted(tightest.name(), verdict.remaining(), reset));
        if (!verdict.allowed()) {
            headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Problems.seconds(verdict.retryAfter())));
        }
    }

    private static String policies(List<Told> all) {
        Map<String, Verdict> each = new LinkedHashMap<>();
        all.forEach(told -> each.put(told.name(), told.verdict()));
        return each.entrySet().stream()
                .map(entry -> "\"%s\";q=%d;w=%d"
                        .formatted(
                                entry.getKey(),
                                entry.getValue().limit(),
                                Problems.seconds(entry.getValue().window())))
                .collect(Collectors.joining(", "));
    }
}
