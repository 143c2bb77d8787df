package dev.rowcast.streams.app.server;

import dev.rowcast.streams.app.StreamsApp;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// Says to operators why an event did or did not reach somebody:
/// `GET /actuator/explain/{eventId}?principal=user:alice&tenant=acme`.
@Endpoint(id = "explain")
public final class ExplainEndpoint {

    private final StreamsApp app;

    public ExplainEndpoint(StreamsApp app) {
        this.app = app;
    }

    @ReadOperation
    public WebEndpointResponse<?> explain(
            @Selector String eventId, @Nullable String principal, @Nullable String tenant) {
        return Answers.of(
                () -> app.explainer().explain(eventId, Optional.ofNullable(principal), Optional.ofNullable(tenant)));
    }
}
