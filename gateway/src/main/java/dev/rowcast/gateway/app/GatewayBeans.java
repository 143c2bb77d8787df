package dev.rowcast.gateway.app;

import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.gateway.GatewayConfig;
import dev.rowcast.gateway.auth.Authenticator;
import dev.rowcast.gateway.auth.KeyRows;
import dev.rowcast.gateway.auth.Keys;
import dev.rowcast.gateway.auth.Tickets;
import dev.rowcast.gateway.auth.Tokens;
import dev.rowcast.gateway.canary.Canary;
import dev.rowcast.gateway.channel.Census;
import dev.rowcast.gateway.channel.DeliveryLog;
import dev.rowcast.gateway.channel.Hops;
import dev.rowcast.gateway.channel.MembersOnly;
import dev.rowcast.gateway.channel.Pressure;
import dev.rowcast.gateway.channel.ShardServices;
import dev.rowcast.gateway.channel.Shards;
import dev.rowcast.gateway.edge.AccessLog;
import dev.rowcast.gateway.edge.Bodies;
import dev.rowcast.gateway.edge.Credentials;
import dev.rowcast.gateway.edge.CrossOrigin;
import dev.rowcast.gateway.edge.Door;
import dev.rowcast.gateway.edge.Entrance;
import dev.rowcast.gateway.edge.Failures;
import dev.rowcast.gateway.edge.LimitEndpoint;
import dev.rowcast.gateway.edge.PolicyRoutes;
import dev.rowcast.gateway.edge.Proxies;
import dev.rowcast.gateway.edge.ReadRoutes;
import dev.rowcast.gateway.edge.RequestLimits;
import dev.rowcast.gateway.edge.SafetyHeaders;
import dev.rowcast.gateway.edge.Streams;
import dev.rowcast.gateway.edge.TicketEndpoint;
import dev.rowcast.gateway.edge.Transport;
import dev.rowcast.gateway.feed.Feeding;
import dev.rowcast.gateway.health.CanaryHealth;
import dev.rowcast.gateway.health.DeliveriesEndpoint;
import dev.rowcast.gateway.health.FeedHealth;
import dev.rowcast.gateway.health.HealthEndpoints;
import dev.rowcast.gateway.health.KeysEndpoint;
import dev.rowcast.gateway.health.Readiness;
import dev.rowcast.gateway.health.RedisHealth;
import dev.rowcast.gateway.limit.Breaches;
import dev.rowcast.gateway.policy.Limiter;
import dev.rowcast.gateway.publish.PublishEndpoints;
import dev.rowcast.gateway.publish.Publishing;
import dev.rowcast.gateway.read.Entities;
import dev.rowcast.gateway.read.EntityEndpoints;
import dev.rowcast.gateway.session.SessionServices;
import dev.rowcast.schemas.catalog.CatalogMetrics;
import dev.rowcast.schemas.dependency.BreakerMetrics;
import dev.rowcast.schemas.dependency.DependencyDetails;
import dev.rowcast.schemas.dependency.Watch;
import dev.rowcast.schemas.filter.FilterRules;
import dev.rowcast.schemas.position.CursorCodec;
import dev.rowcast.schemas.protocol.ProtocolCodec;
import dev.rowcast.schemas.registry.RegistryClient;
import dev.rowcast.schemas.registry.TopicSerdes;
import dev.rowcast.schemas.shard.Placement;
import dev.rowcast.schemas.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/// What a gateway is made of. The core is plain Java; this is where Spring meets it.
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({
    EntityEndpoints.class,
    PublishEndpoints.class,
    Streams.class,
    TicketEndpoint.class,
    HealthEndpoints.class,
    Pages.class,
    AccessLog.class,
    SafetyHeaders.class,
    Failures.class
})
class GatewayBeans {

    /// Its name in metrics that several services have.
    private static final String SERVICE = "gateway";

    /// As many event loops as cores: each has its own shard and wakes for every delivery.
    @Bean
    ReactorResourceFactory reactorResourceFactory() {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        resources.setLoopResourcesSupplier(
                () -> LoopResources.create("rowcast-http", Runtime.getRuntime().availableProcessors(), true));
        return resources;
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    RegistryClient registry(GatewayConfig config, MeterRegistry meters) {
        RegistryClient registry = new RegistryClient(config.registryUrl());
        BreakerMetrics.bind(meters, SERVICE, registry.breaker());
        CatalogMetrics.bind(meters, SERVICE, config.catalog());
        return registry;
    }

    @Bean
    TopicSerdes serdes(RegistryClient registry) {
        return new TopicSerdes(registry);
    }

    @Bean
    Watch registryWatch(RegistryClient registry, Clock clock) {
        return Watch.start("registry", Watch.USUAL, registry::ping, clock);
    }

    /// Never down: what is under way needs no schema that the node has not met.
    @Bean
    HealthIndicator registryHealthIndicator(RegistryClient registry, @Qualifier("registryWatch") Watch watch) {
        return () -> Health.up()
                .withDetails(DependencyDetails.of(Optional.of(watch), Optional.of(registry.breaker())))
                .build();
    }

    @Bean
    CursorCodec cursors(GatewayConfig config) {
        return new CursorCodec(config.cursorSecret());
    }

    @Bean
    ProtocolCodec codec(GatewayConfig config) {
        return new ProtocolCodec(config.limits().protocol());
    }

    /// None where no Redis is configured. The only one: everybody in the process talks through it.
    @Bean
    @Nullable
    RedisLink redis(GatewayConfig config, MeterRegistry meters) {
        Optional<RedisLink> redis = config.redis().map(RedisLink::open);
        redis.ifPresent(link -> BreakerMetrics.bind(meters, SERVICE, link.breaker()));
        return redis.orElse(null);
    }

    @Bean
    RedisHealth redisHealthIndicator(Optional<RedisLink> redis) {
        return new RedisHealth(redis);
    }

    @Bean
    Keys keys(Clock clock) {
        return new Keys(clock);
    }

    @Bean
    KeysEndpoint keysEndpoint(Keys keys) {
        return new KeysEndpoint(keys);
    }

    @Bean
    Tokens tokens(GatewayConfig config, Clock clock, MeterRegistry meters) {
        return new Tokens(config.tokens(), config.catalog().tenancy(), clock, meters);
    }

    @Bean
    Tickets tickets(GatewayConfig config, Keys keys, Clock clock) {
        return new Tickets(config.cursorSecret(), keys, clock);
    }

    @Bean
    Authenticator authenticator(Keys keys, Tokens tokens, Tickets tickets, Placement placement) {
        return new Authenticator(keys, tokens, tickets, placement);
    }

    @Bean
    KeyContainer keyContainer(GatewayConfig config, Keys keys, TopicSerdes serdes) {
        var topic = Topics.rows(config.catalog().source(), Topics.API_KEYS_TABLE);
        return new KeyContainer(config.bootstrapServers(), topic.name(), new KeyRows(keys, topic, serdes));
    }

    @Bean
    MembersOnly membersOnly(GatewayConfig config) {
        return new MembersOnly(config.catalog());
    }

    @Bean
    Placement placement(GatewayConfig config) {
        return Placement.of(config.catalog());
    }

    @Bean
    Census census(MeterRegistry meters) {
        return new Census(meters);
    }

    @Bean
    DeliveryLog deliveryLog() {
        return new DeliveryLog();
    }

    /// Closed by [Lifecycle], at its place in the order.
    @Bean(destroyMethod = "")
    Feeding feeding(
            GatewayConfig config,
            TopicSerdes serdes,
            MembersOnly membersOnly,
            Placement placement,
            MeterRegistry meters) {
        return new Feeding(config.bootstrapServers(), serdes, membersOnly, placement, meters);
    }

    @Bean
    Shards shards(
            Feeding feeding,
            MembersOnly membersOnly,
            Placement placement,
            CursorCodec cursors,
            ProtocolCodec codec,
            GatewayConfig config,
            Census census,
            MeterRegistry meters,
            DeliveryLog log,
            Clock clock) {
        return new Shards(new ShardServices(
                feeding.upstream(),
                membersOnly,
                placement,
                cursors,
                codec,
                config.limits(),
                census,
                new Hops(meters),
                log,
                new Pressure(meters, config.limits().flow().nodeBytes()),
                clock));
    }

    @Bean
    SessionServices sessionServices(
            Shards shards,
            Feeding feeding,
            Authenticator authenticator,
            Placement placement,
            MembersOnly membersOnly,
            CursorCodec cursors,
            ProtocolCodec codec,
            GatewayConfig config,
            Breaches breaches,
            Clock clock) {
        return new SessionServices(
                shards,
                feeding.upstream(),
                authenticator,
                placement,
                membersOnly,
                cursors,
                codec,
                new FilterRules(config.catalog()),
                config.limits(),
                breaches,
                clock);
    }

    /// None where no Redis is configured, or nothing to read from.
    @Bean
    @Nullable
    Caches caches(GatewayConfig config, Optional<RedisLink> redis, TopicSerdes serdes, MeterRegistry meters) {
        return config.database()
                .flatMap(url -> redis)
                .map(link -> new Caches(link, config.bootstrapServers(), serdes, meters))
                .orElse(null);
    }

    /// None where no database is configured.
    @Bean
    @Nullable
    Entities entities(GatewayConfig config, Optional<Caches> caches, Feeding feeding, MeterRegistry meters) {
        return config.database()
                .map(url -> new Entities(
                        config.catalog(),
                        url,
                        config.cursorSecret(),
                        caches.map(Caches::cache),
                        feeding.told(),
                        meters))
                .orElse(null);
    }

    /// None where nothing is cached.
    @Bean(initMethod = "start")
    @Nullable
    Canary canary(Optional<Caches> caches, Optional<Entities> entities, MeterRegistry meters) {
        return caches.flatMap(both -> entities.map(read -> Canary.of(both.uncounted(), read.canary()::load, meters)))
                .orElse(null);
    }

    @Bean
    CanaryHealth canaryHealthIndicator(Optional<Canary> canary) {
        return new CanaryHealth(canary);
    }

    /// None where no database is configured.
    @Bean
    @Nullable
    Watch databaseWatch(Optional<Entities> entities, Clock clock) {
        return entities.map(rows -> Watch.start("postgres", Watch.USUAL, rows::ping, clock))
                .orElse(null);
    }

    /// Never down: only reads need the database.
    @Bean
    HealthIndicator postgresHealthIndicator(
            Optional<Entities> entities, @Qualifier("databaseWatch") Optional<Watch> watch) {
        return () -> Health.up()
                .withDetails(DependencyDetails.of(watch, entities.map(Entities::breaker)))
                .build();
    }

    @Bean(initMethod = "start")
    Publishing publishing(GatewayConfig config, TopicSerdes serdes, MeterRegistry meters, Clock clock) {
        return new Publishing(
                config.bootstrapServers(),
                serdes,
                config.catalog(),
                config.cursorSecret(),
                config.publish(),
                meters,
                clock);
    }

    @Bean
    ReadRoutes readRoutes(GatewayConfig config) {
        return new ReadRoutes(config.catalog().reads());
    }

    @Bean
    Proxies proxies(GatewayConfig config) {
        return new Proxies(config.web().trustedProxies());
    }

    @Bean
    Breaches breaches(MeterRegistry meters) {
        return new Breaches(meters);
    }

    @Bean
    CrossOrigin crossOrigin(GatewayConfig config, Proxies proxies) {
        return new CrossOrigin(config.web(), proxies, config.tokens().cookie().isPresent());
    }

    @Bean
    Limiter limiter(GatewayConfig config, Optional<RedisLink> redis, MeterRegistry meters) {
        return new Limiter(config.policies(), redis, config.catalog().source(), meters, System::nanoTime);
    }

    @Bean
    RequestLimits requestLimits(GatewayConfig config, Limiter limiter, Proxies proxies, Breaches breaches) {
        return new RequestLimits(
                config.limits().http(), new PolicyRoutes(limiter), proxies, breaches, System::nanoTime);
    }

    @Bean
    LimitEndpoint limitEndpoint(GatewayConfig config, Entrance entrance, RequestLimits requests, Proxies proxies) {
        return new LimitEndpoint(entrance, requests, proxies, config.policies());
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> transport(
            GatewayConfig config, Proxies proxies, Breaches breaches) {
        Transport transport = new Transport(config.limits(), proxies, breaches);
        return factory -> factory.addServerCustomizers(transport);
    }

    @Bean
    Bodies bodies(GatewayConfig config, Breaches breaches) {
        return new Bodies(config.limits().http().body(), breaches);
    }

    @Bean
    Door door(Census census, GatewayConfig config, Breaches breaches) {
        return new Door(census, config.limits().connections(), breaches, System::nanoTime);
    }

    @Bean
    Entrance entrance(
            Door door,
            GatewayConfig config,
            Authenticator authenticator,
            CrossOrigin crossOrigin,
            RequestLimits requests,
            Proxies proxies) {
        Credentials credentials = new Credentials(config.tokens().cookie());
        return new Entrance(door, credentials, authenticator, crossOrigin, requests, proxies);
    }

    @Bean
    Readiness readiness(Feeding feeding, Door door, KeyContainer keyContainer) {
        return new Readiness(feeding, door::isOpen, keyContainer::isLoaded);
    }

    @Bean
    FeedHealth feedHealthIndicator(Feeding feeding) {
        return new FeedHealth(feeding);
    }

    @Bean
    DeliveriesEndpoint deliveriesEndpoint(DeliveryLog log, Feeding feeding) {
        return new DeliveriesEndpoint(log, feeding);
    }

    @Bean
    Lifecycle lifecycle(
            Feeding feeding,
            KeyContainer keyContainer,
            Keys keys,
            Shards shards,
            Door door,
            Census census,
            GatewayConfig config) {
        return new Lifecycle(feeding, keyContainer, keys, shards, door, census, config.limits());
    }
}
