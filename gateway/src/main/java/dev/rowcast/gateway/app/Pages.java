package dev.rowcast.gateway.app;

import dev.rowcast.gateway.GatewayConfig;
import java.nio.file.Path;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.PathResource;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// The folder served at `/`, when there is one.
@Configuration(proxyBeanMethods = false)
class Pages {

    @Bean
    RouterFunction<ServerResponse> pages(GatewayConfig config) {
        return config.page().map(Pages::folder).orElseGet(() -> request -> Mono.empty());
    }

    /// A path with a control character is of no file, and to some file systems an error.
    private static boolean isOdd(ServerRequest request) {
        return request.uri().getPath().chars().anyMatch(Character::isISOControl);
    }

    /// Routes come before annotated handlers, so what those serve is left to them: a WebSocket's handshake at
    /// `/` too.
    private static RouterFunction<ServerResponse> folder(Path folder) {
        RequestPredicate handled = RequestPredicates.path("/v1/**")
                .or(RequestPredicates.path("/health/**"))
                .or(Pages::isOdd)
                .or(RequestPredicates.headers(
                        headers -> headers.header("Upgrade").stream().anyMatch("websocket"::equalsIgnoreCase)));
        RouterFunction<ServerResponse> index = RouterFunctions.route(
                RequestPredicates.GET("/"),
                request -> ServerResponse.ok().bodyValue(new PathResource(folder.resolve("index.html"))));
        return RouterFunctions.nest(
                handled.negate(), index.and(RouterFunctions.resources("/**", new PathResource(folder + "/"))));
    }
}
