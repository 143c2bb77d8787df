package dev.rowcast.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheConfig;
import dev.rowcast.cache.Freshness;
import dev.rowcast.cache.redis.RedisConfig;
import dev.rowcast.cache.redis.RedisLink;
import dev.rowcast.cache.redis.RedisUnavailableException;
import dev.rowcast.cache.shared.Connected;
import dev.rowcast.cache.shared.FakeEvictor;
import dev.rowcast.cache.shared.SharedCache;
import dev.rowcast.cache.shared.SharedCacheConfig;
import dev.rowcast.cache.shared.Stale;
import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.Redis;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.tenant.TenantId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.cache.interceptor.SimpleKeyGenerator;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.ResourceHolderSupport;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

@NeedsParts({Part.POSTGRES, Part.REDIS})
class RowcastCacheManagerTest {

    private static final TenantId DEMO = new TenantId("demo");
    private static final Duration FENCE = Duration.ofSeconds(1);

    /// What an application writes.
    static class Vaults {

        private final JdbcTemplate jdbc;
        private final AtomicInteger calls = new AtomicInteger();

        Vaults(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        /// A vault's row.
        record Vault(long id, String name) {}

        @Cacheable(cacheNames = "vaults", sync = true)
        public Vault find(long id) {
            calls.incrementAndGet();
            return jdbc.queryForObject(
                    "select id, name from vaults where id = ?",
                    (row, number) -> new Vault(row.getLong(1), row.getString(2)),
                    id);
        }

        @Cacheable(cacheNames = "vaults", sync = true)
        @Transactional(readOnly = true)
        public Vault findInATransaction(long id) {
            return find(id);
        }

        @Cacheable(cacheNames = "vaults", sync = true, keyGenerator = "springs")
        public Vault findByOtherKey(long id, String page) {
            return find(id);
        }

        @Cacheable(cacheNames = "vaults", sync = true)
        public Vault findBy(long id, Object filter) {
            return find(id);
        }

        public int calls() {
            return calls.get();
        }

        @Cacheable(cacheNames = "vaults")
        public Vault findWithoutSync(long id) {
            return find(id);
        }
    }

    @Configuration
    @EnableCaching(order = Ordered.LOWEST_PRECEDENCE - 1)
    @EnableTransactionManagement
    static class Application implements CachingConfigurer {

        @Bean
        CacheManager cacheManager(Cache cache, DataSource primary) {
            // There is one watermark, from the start of a test.
            CacheRule vaults = new CacheRule(
                    "vault:{0}",
                    Vaults.Vault.class, () -> DEMO, Freshness.within(Duration.ofMinutes(1)), Duration.ofMinutes(5));
            return new RowcastCacheManager(
                    cache,
                    Map.of("vaults", vaults),
                    primary,
                    JsonMapper.builder().build());
        }

        @Override
        public KeyGenerator keyGenerator() {
            return CallKey.generator();
        }

        @Bean
        KeyGenerator springs() {
            return new SimpleKeyGenerator();
        }

        @Bean
        PlatformTransactionManager transactions(DataSource primary) {
            return new DataSourceTransactionManager(primary);
        }

        @Bean
        Vaults vaults(DataSource primary) {
            return new Vaults(new JdbcTemplate(primary));
        }
    }

    private final Redis redis;
    private final Postgres.Database database;
    private RedisLink link;
    private FakeEvictor evictor;
    private JdbcTemplate jdbc;
    private DataSource primary;
    private AnnotationConfigApplicationContext context;
    private Vaults vaults;

    RowcastCacheManagerTest(Redis redis, Postgres postgres) {
        this.redis = redis;
        this.database = postgres.freshDatabase();
    }

    @BeforeEach
    void start() throws Exception {
        primary = new DriverManagerDataSource(database.jdbcUrl(), database.user(), database.password());
        jdbc = new JdbcTemplate(primary);
        jdbc.execute("create table vaults (id bigint primary key, name text)");
        jdbc.execute("insert into vaults values (1, 'one')");
        link = RedisLink.open(RedisConfig.of(redis.url()).withTimeout(Duration.ofSeconds(5)));
        Connected.await(link);
        begin(SharedCacheConfig.DEFAULTS);
    }

    private void begin(SharedCacheConfig config) throws RedisUnavailableException {
        SharedCache shared = new SharedCache(
                link, config.withNamespace("s" + UUID.randomUUID().toString().substring(0, 8)));
        evictor = new FakeEvictor(shared, link);
        evictor.reset();
        evictor.evict();
        Cache cache = new Cache(Optional.of(shared), Optional.empty(), CacheConfig.DEFAULTS, new SimpleMeterRegistry());
        context = new AnnotationConfigApplicationContext();
        context.registerBean(Cache.class, () -> cache);
        context.registerBean(DataSource.class, () -> primary);
        context.register(Application.class);
        context.refresh();
        vaults = context.getBean(Vaults.class);
        evictor.evict(); // its time is trusted for 2 s, and starting took some
    }

    @AfterEach
    void stop() {
        context.close();
        link.close();
    }

    @Test
    void aMethodIsCalledAgainOnceItsTagWasEvicted() throws Exception {
        assertThat(vaults.find(1).name()).isEqualTo("one");
        jdbc.execute("update vaults set name = 'two'");
        assertThat(vaults.find(1).name()).isEqualTo("one");
        evictLastChange(jdbc);
        assertThat(vaults.find(1).name()).isEqualTo("two");
    }

    @Test
    void whatATransactionHasNotCommittedIsNotKeptForOthers() {
        TransactionTemplate writing = new TransactionTemplate(new DataSourceTransactionManager(primary));
        writing.executeWithoutResult(status -> {
            jdbc.execute("update vaults set name = 'never'");
            assertThat(vaults.find(1).name()).isEqualTo("never");
            status.setRollbackOnly();
        });
        assertThat(vaults.find(1).name()).isEqualTo("one");
    }

    @Test
    void anOldTransactionDoesNotKeepForOthersWhatItStillSees() throws Exception {
        JdbcTemplate other = new JdbcTemplate(otherSource());
        reading().executeWithoutResult(status -> {
            jdbc.queryForObject("select count(*) from vaults", Long.class);
            other.execute("update vaults set name = 'two'");
            evictLastChange(other);
            assertThat(vaults.find(1).name()).isEqualTo("one");
        });
        assertThat(vaults.find(1).name()).isEqualTo("two");
    }

    @Test
    void aTransactionThatIsOlderThanTheFencesKeepsNothingForOthers() throws Exception {
        context.close();
        begin(SharedCacheConfig.DEFAULTS.withFence(FENCE));
        JdbcTemplate other = new JdbcTemplate(otherSource());
        reading().executeWithoutResult(status -> {
            jdbc.queryForObject("select count(*) from vaults", Long.class);
            other.execute("update vaults set name = 'two'");
            evictLastChange(other);
            forgetFences();
            assertThat(vaults.find(1).name()).isEqualTo("one");
        });
        assertThat(vaults.find(1).name()).isEqualTo("two");
    }

    @Test
    void aTransactionIsAnsweredByItsOwnConnectionAlsoWhereOthersKeptWhatIsNewer() {
        JdbcTemplate other = new JdbcTemplate(otherSource());
        reading().executeWithoutResult(status -> {
            jdbc.queryForObject("select count(*) from vaults", Long.class);
            other.execute("update vaults set name = 'two'");
            assertThat(CompletableFuture.supplyAsync(() -> vaults.find(1))
                            .join()
                            .name())
                    .isEqualTo("two");
            assertThat(vaults.find(1).name()).isEqualTo("one");
        });
    }

    @Test
    void aTransactionThatTheMethodBeginsItselfDoesNotHinder() {
        assertThat(vaults.findInATransaction(1).name()).isEqualTo("one");
        assertThat(vaults.findInATransaction(1).name()).isEqualTo("one");
        assertThat(vaults.calls()).isEqualTo(1);
    }

    @Test
    void whereASessionIsOpenThatRemembersWhatItReadNothingIsKeptForOthers() {
        Object factory = new Object();
        TransactionSynchronizationManager.bindResource(factory, new ResourceHolderSupport() {});
        try {
            vaults.find(1);
            vaults.find(1);
        } finally {
            TransactionSynchronizationManager.unbindResource(factory);
        }
        vaults.find(1);
        vaults.find(1);
        assertThat(vaults.calls()).isEqualTo(3);
    }

    @Test
    void aKeyThatAnotherGeneratorMadeIsRefused() {
        assertThatThrownBy(() -> vaults.findByOtherKey(1, "page"))
                .isInstanceOf(CacheKeyException.class)
                .hasMessageStartingWith(
                        "KEY_NOT_OF_CALL: cache 'vaults' was given a key of type "
                                + "org.springframework.cache.interceptor.SimpleKey: return CallKey.generator() from CachingConfigurer.keyGenerator()");
    }

    @Test
    void aParameterThatDoesNotSayWhatItIsIsRefused() {
        assertThatThrownBy(() -> vaults.findBy(1, new Object()))
                .isInstanceOf(CacheKeyException.class)
                .hasMessageContaining("parameter 1 of 'Vaults.findBy' holds a value of type java.lang.Object");
        assertThat(vaults.calls()).isZero();
    }

    @Test
    void aMethodThatIsNotSynchronizedIsToldWhatToWrite() {
        assertThatThrownBy(() -> vaults.findWithoutSync(1)).hasMessageContaining("@Cacheable(sync = true)");
    }

    private TransactionTemplate reading() {
        TransactionTemplate reading = new TransactionTemplate(new DataSourceTransactionManager(primary));
        reading.setReadOnly(true);
        reading.setIsolationLevel(TransactionTemplate.ISOLATION_REPEATABLE_READ);
        return reading;
    }

    private DataSource otherSource() {
        return new DriverManagerDataSource(database.jdbcUrl(), database.user(), database.password());
    }

    /// Until the next piece of the log takes them away.
    private void forgetFences() {
        try {
            long evicted = link.clockMs();
            await().until(() -> link.clockMs() > evicted + FENCE.toMillis());
            evictor.evict();
        } catch (RedisUnavailableException e) {
            throw new IllegalStateException(e);
        }
    }

    private void evictLastChange(JdbcTemplate as) {
        String xid =
                as.queryForList("select xmin::text from vaults", String.class).getFirst();
        try {
            evictor.evict(new Stale.Tag(DEMO, "vault:1", Long.parseLong(xid)));
        } catch (RedisUnavailableException e) {
            throw new IllegalStateException(e);
        }
    }
}
