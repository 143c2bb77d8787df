package dev.rowcast.streams.app.server;

import dev.rowcast.streams.app.StreamsApp;
import dev.rowcast.streams.explain.Audiences.Wish;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// Says to operators which nodes are attached, and who of a tenant is subscribed and let in: `GET /actuator/audience`,
/// `GET /actuator/audience?tenant=acme&channel=vault:1&principal=user:alice&node=n1&limit=200`.
@Endpoint(id = "audience")
public final class AudienceEndpoint {

    private static final int USUAL = 200;

    private final StreamsApp app;

    public AudienceEndpoint(StreamsApp app) {
        this.app = app;
    }

    @ReadOperation
    public WebEndpointResponse<?> audience(
            @Nullable String tenant,
            @Nullable String channel,
            @Nullable String principal,
            @Nullable String node,
            @Nullable Integer limit) {
        return Answers.of(() -> tenant == null
                ? app.audiences().overview()
                : app.audiences()
                        .tenant(
                                tenant,
                                new Wish(
                                        Optional.ofNullable(channel),
                                        Optional.ofNullable(principal),
                                        Optional.ofNullable(node),
                                        limit == null ? USUAL : limit)));
    }
}
