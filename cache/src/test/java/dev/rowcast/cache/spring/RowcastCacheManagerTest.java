package dev.rowcast.cache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.cache.Cache;
import dev.rowcast.cache.CacheConfig;
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
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.KeyGenerator;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

@NeedsParts({Part.POSTGRES, Part.REDIS})
class RowcastCacheManagerTest {

    private static final TenantId DEMO = new TenantId("demo");

    /// What an application writes.
    static class Vaults {

        private final JdbcTemplate jdbc;

        Vaults(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        /// A vault's row.
        record Vault(long id, String name) {}

        @Cacheable(cacheNames = "vaults", sync = true)
        public Vault find(long id) {
            return jdbc.queryForObject(
                    "select id, name from vaults where id = ?",
                    (row, number) -> new Vault(row.getLong(1), row.getString(2)),
                    id);
        }

        @Cacheable(cacheNames = "vaults")
        public Vault findWithoutSync(long id) {
            return find(id);
        }
    }

    @Configuration
    @EnableCaching
    static class Application {

        @Bean
        CacheManager cacheManager(Cache cache, DataSource primary) {
            CacheRule vaults = CacheRule.of("vault:{0}", Vaults.Vault.class, () -> DEMO);
            return new RowcastCacheManager(
                    cache,
                    Map.of("vaults", vaults),
                    primary,
                    JsonMapper.builder().build());
        }

        @Bean
        KeyGenerator keyGenerator() {
            return CallKey.generator();
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
        SharedCache shared = new SharedCache(
                link,
                SharedCacheConfig.DEFAULTS.withNamespace(
                        "s" + UUID.randomUUID().toString().substring(0, 8)));
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
        TransactionTemplate reading = new TransactionTemplate(new DataSourceTransactionManager(primary));
        reading.setReadOnly(true);
        reading.setIsolationLevel(TransactionTemplate.ISOLATION_REPEATABLE_READ);
        JdbcTemplate other =
                new JdbcTemplate(new DriverManagerDataSource(database.jdbcUrl(), database.user(), database.password()));
        reading.executeWithoutResult(status -> {
            jdbc.queryForObject("select count(*) from vaults", Long.class);
            other.execute("update vaults set name = 'two'");
            evictLastChange(other);
            assertThat(vaults.find(1).name()).isEqualTo("one");
        });
        assertThat(vaults.find(1).name()).isEqualTo("two");
    }

    @Test
    void aMethodThatIsNotSynchronizedIsToldWhatToWrite() {
        assertThatThrownBy(() -> vaults.findWithoutSync(1)).hasMessageContaining("@Cacheable(sync = true)");
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
