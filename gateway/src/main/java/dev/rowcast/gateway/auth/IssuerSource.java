package dev.rowcast.gateway.auth;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Where an issuer's keys are read. Redirects are not followed: the address is the operator's choice.
sealed interface IssuerSource extends AutoCloseable {

    /// More than a set of a hundred keys with their certificates takes.
    int MOST_BYTES = 512 << 10;

    /// Reads it; blocks for at most four seconds.
    ///
    /// @return the set as JSON text
    String fetch() throws IOException, InterruptedException;

    @Override
    default void close() {}

    /// @param address as [TokenRules] has it
    static IssuerSource of(URI address) {
        return "file".equalsIgnoreCase(address.getScheme()) ? new OnDisk(Path.of(address)) : new OverHttp(address);
    }

    /// A file, which may be replaced at any time.
    record OnDisk(Path file) implements IssuerSource {

        @Override
        public String fetch() throws IOException {
            long size = Files.size(file);
            if (size > MOST_BYTES) {
                throw new IOException(
                        "%s has %d bytes; an issuer's keys may have %d".formatted(file, size, MOST_BYTES));
            }
            return Files.readString(file);
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }

    /// An address.
    final class OverHttp implements IssuerSource {

        private static final Duration CONNECT = Duration.ofSeconds(2);
        private static final Duration ALL = Duration.ofSeconds(4);
        private static final int OK = 200;

        private final URI address;
        private final HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();

        OverHttp(URI address) {
            this.address = address;
        }

        @Override
        public String fetch() throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(address)
                    .timeout(ALL)
                    .header("Accept", "application/jwk-set+json, application/json")
                    .build();
            CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                    request, BodyHandlers.limiting(BodyHandlers.ofString(StandardCharsets.UTF_8), MOST_BYTES));
            try {
                HttpResponse<String> response = answer.get(ALL.toMillis(), TimeUnit.MILLISECONDS);
                if (response.statusCode() != OK) {
                    throw new IOException("the answer has status " + response.statusCode());
                }
                return response.body();
            } catch (TimeoutException e) {
                answer.cancel(true);
                throw new IOException("no whole answer within " + ALL, e);
            } catch (ExecutionException e) {
                throw new IOException(String.valueOf(e.getCause()), e);
            }
        }

        @Override
        public void close() {
            client.shutdownNow();
        }

        @Override
        public String toString() {
            return address.getScheme() + "://" + address.getHost() + address.getPath();
        }
    }
}
