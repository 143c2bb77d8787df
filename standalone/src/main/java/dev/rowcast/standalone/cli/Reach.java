package dev.rowcast.standalone.cli;

import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.standalone.stack.Addresses;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks the gateway whom a transaction has reached.
final class Reach {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);
    /// A node knows how far it is a moment before its event loops have written what came last.
    private static final Duration WRITTEN_WITHIN = Duration.ofMillis(100);

    private final URI management;
    private final HttpClient http = HttpClient.newHttpClient();

    Reach(Addresses addresses) {
        this.management = URI.create(addresses.management());
    }

    /// Waits until the gateway has everything up to the commit, so that the count is final.
    ///
    /// @param committed the end of the log right after the commit
    String describe(long xid, Lsn committed) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            JsonNode reach = ask(xid);
            while (reached(reach).compareTo(committed) < 0) {
                if (System.nanoTime() > deadline) {
                    return "The gateway has not come this far after %d s; ./rowcast doctor says why"
                            .formatted(PATIENCE.toSeconds());
                }
                Thread.sleep(PAUSE);
                reach = ask(xid);
            }
            Thread.sleep(WRITTEN_WITHIN);
            return sentence(ask(xid));
        } catch (IOException e) {
            return "The gateway does not answer at %s, so nobody can say who got it".formatted(management);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "Interrupted";
        }
    }

    private static String sentence(JsonNode reach) {
        int subscribers = reach.path("subscribers").asInt();
        return switch (subscribers) {
            case 0 -> "No subscriber was listening to it";
            case 1 -> "1 subscriber got it, %s ms after the commit".formatted(ms(reach, "firstWrittenMs"));
            default ->
                "%d subscribers got it, the first %s ms and the last %s ms after the commit"
                        .formatted(subscribers, ms(reach, "firstWrittenMs"), ms(reach, "lastWrittenMs"));
        };
    }

    private static String ms(JsonNode reach, String member) {
        return "%.1f".formatted(reach.path(member).asDouble());
    }

    private static Lsn reached(JsonNode reach) {
        String lsn = reach.path("lsnReached").asString("");
        return lsn.isEmpty() ? new Lsn(0) : Lsn.parse(lsn);
    }

    private JsonNode ask(long xid) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(management.resolve("/actuator/deliveries/" + xid))
                .timeout(PATIENCE)
                .build();
        return JsonMapper.shared()
                .readTree(http.send(request, BodyHandlers.ofString()).body());
    }
}
