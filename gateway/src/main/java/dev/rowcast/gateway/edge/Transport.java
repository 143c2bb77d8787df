package dev.rowcast.gateway.edge;

import dev.rowcast.gateway.limit.Breaches;
import dev.rowcast.gateway.limit.HttpLimits;
import dev.rowcast.gateway.limit.Limits;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;

/// What the HTTP server bears from a connection before a filter sees anything of it.
public final class Transport implements NettyServerCustomizer {

    private final HttpLimits limits;
    private final Breaches breaches;
    private final Sockets sockets;

    public Transport(Limits limits, Proxies proxies, Breaches breaches) {
        this.limits = limits.http();
        this.breaches = breaches;
        this.sockets = new Sockets(limits.connections().sockets(), proxies, breaches);
    }

    @Override
    public HttpServer apply(HttpServer server) {
        return server.httpRequestDecoder(
                        spec -> spec.maxInitialLineLength(limits.line()).maxHeaderSize(limits.head()))
                .idleTimeout(limits.idle())
                .maxKeepAliveRequests(limits.keepAlive())
                .doOnChannelInit((observer, channel, remote) -> {
                    RequestWatch.over(channel, NettyPipeline.HttpCodec, limits, breaches);
                    sockets.opened(channel);
                });
    }
}
