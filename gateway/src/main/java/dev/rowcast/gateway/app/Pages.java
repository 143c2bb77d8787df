package dev.rowcast.gateway.app;

import dev.rowcast.gateway.GatewayConfig;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.PathResource;
import org.springframework.core.io.Resource;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/// The folder served at `/`, when there is one.
@Configuration(proxyBeanMethods = false)
class Pages {

    @Bean
    RouterFunction<ServerResponse> pages(GatewayConfig config) {
        // Annotated handlers come after routes, so what they serve is left to them.
        var ours = RequestPredicates.path("/v1/**").or(RequestPredicates.path("/health/**"));
        var upgrade =
                RequestPredicates.headers(headers -> !headers.header("Upgrade").isEmpty());
        return config.page()
                .map(folder -> RouterFunctions.nest(
                        ours.or(upgrade).negate(),
                        RouterFunctions.route(
                                        RequestPredicates.GET("/"),
                                        request -> ServerResponse.ok().bodyValue(page(folder.resolve("index.html"))))
                                .and(RouterFunctions.resources("/**", new PathResource(folder + "/")))))
                .orElseGet(() -> request -> reactor.core.publisher.Mono.empty());
    }

    private static Resource page(java.nio.file.Path file) {
        return new PathResource(file);
    }
}
