package dev.rowcast.standalone.doctor;

import dev.rowcast.ingest.check.Finding;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Asks the gateway whether it is ready.
final class GatewayExam {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private GatewayExam() {}

    static Finding finding(String gateway) throws InterruptedException {
        URI ready = URI.create(gateway + "/health/ready");
        try (HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            HttpResponse<String> response =
                    http.send(HttpRequest.newBuilder(ready).timeout(PATIENCE).build(), BodyHandlers.ofString());
            return response.statusCode() == 200
                    ? Finding.ok(ServiceCheck.GATEWAY, gateway)
                    : Finding.error(
                            ServiceCheck.GATEWAY,
                            "%s says %d %s".formatted(ready, response.statusCode(), response.body()),
                            "mend what it names");
        } catch (IOException e) {
            return Finding.error(
                    ServiceCheck.GATEWAY,
                    gateway + " does not answer",
                    "start it: ./rowcast up, or the gateway's process");
        }
    }
}
