package dev.rowcast.gateway.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.Part;
import dev.rowcast.embedded.Postgres;
import dev.rowcast.embedded.faults.Proxy;
import dev.rowcast.embedded.junit.NeedsParts;
import dev.rowcast.schemas.database.DatabaseUrl;
import dev.rowcast.schemas.protocol.ErrorCode;
import dev.rowcast.schemas.tenant.TenantId;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@NeedsParts(Part.POSTGRES)
@DisplayName("SI-22: a database that does not answer costs readers a bounded time, and soon none")
class DatabaseTest {

    /// A connection, a statement and the second for the server to say that it took too long; and a busy machine.
    private static final Duration LONGEST = Duration.ofSeconds(2 + 6).plusSeconds(3);

    private static final Duration AT_ONCE = Duration.ofMillis(500);
    private static final Duration SOON = Duration.ofSeconds(15);

    private final Postgres postgres;
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Proxy proxy;
    private Database database;

    DatabaseTest(Postgres postgres) {
        this.postgres = postgres;
    }

    @BeforeEach
    void open() throws Exception {
        proxy = new Proxy(postgres.port());
        database = database(meters);
        awaitAnswer();
    }

    private Database database(SimpleMeterRegistry countedIn) {
        return new Database(
                new DatabaseUrl(
                        "127.0.0.1",
                        proxy.port(),
                        postgres.database(),
                        postgres.user(),
                        postgres.password(),
                        "sslmode=disable"),
                countedIn);
    }

    @AfterEach
    void close() throws Exception {
        database.close();
        proxy.close();
    }

    @Test
    void oneThatIsBehindANetworkThatSwallowsEverything() throws Exception {
        proxy.swallow(true);
        assertItCostsABoundedTimeAndSoonNone();
        proxy.swallow(false);
        awaitAnswer();
    }

    @Test
    void oneThatStandsStill() throws Exception {
        postgres.pause();
        try {
            assertItCostsABoundedTimeAndSoonNone();
        } finally {
            postgres.resume();
        }
        awaitAnswer();
    }

    @Test
    void oneThatIsKilled() throws Exception {
        postgres.kill();
        try {
            assertItCostsABoundedTimeAndSoonNone();
        } finally {
            postgres.start();
        }
        awaitAnswer();
    }

    @Test
    void oneThatRefusesAStatementIsThere() {
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> database.read(transaction -> transaction.run("select * from no_table", List.of())))
                    .isInstanceOf(SQLException.class);
        }
        assertThat(database.breaker().getState()).isEqualTo(State.CLOSED);
    }

    @Test
    @DisplayName("T30: one tenant's reads leave connections to the others, however long they take")
    void oneTenantsReadsLeaveConnectionsToTheOthers() throws Exception {
        List<Future<String>> slow = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                slow.add(threads.submit(() -> read("greedy", "select pg_sleep(4)::text")));
            }
            await().until(() ->
                    meters.get("hikaricp.connections.active").gauge().value() == 6);
            for (int i = 0; i < 20; i++) {
                long began = System.nanoTime();
                assertThat(read("modest", "select '1'")).isEqualTo("1");
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
            }
        }
        assertThat(slow)
                .filteredOn(each -> each.state() == Future.State.FAILED)
                .hasSize(14)
                .allSatisfy(each -> assertThat(each.exceptionNow())
                        .isInstanceOfSatisfying(
                                BadRequestException.class,
                                refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.OVERLOADED)));
        assertThat(database.breaker().getState()).isEqualTo(State.CLOSED);
    }

    @Test
    void statementsThatTakeTooLongSayNothingOfTheServer() throws Exception {
        List<Throwable> failures = failuresOfSlowStatements();
        // A second is left for the server to say so, and two to connect: on a machine that stands still meanwhile the
        // server does seem away.
        for (int more = 2; more > 0 && !failures.stream().allMatch(DatabaseTest::tookTooLong); more--) {
            database.close();
            database = database(new SimpleMeterRegistry());
            awaitAnswer();
            failures = failuresOfSlowStatements();
        }
        assertThat(failures)
                .hasSize(20)
                .allSatisfy(each -> assertThat(Database.isAway(each) && tookTooLong(each))
                        .as(each.toString())
                        .isTrue());
        assertThat(database.breaker().getState()).isEqualTo(State.CLOSED);
        assertThat(read()).isEqualTo("1");
    }

    private static boolean tookTooLong(Throwable failure) {
        return failure instanceof DatabaseBusyException
                || failure instanceof SQLException answer && "57014".equals(answer.getSQLState());
    }

    private List<Throwable> failuresOfSlowStatements() {
        List<Future<String>> slow = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                String tenant = "tenant-" + i;
                slow.add(threads.submit(() -> read(tenant, "select pg_sleep(60)::text")));
            }
        }
        return slow.stream().map(Future::exceptionNow).toList();
    }

    private String read(String tenant, String sql) throws SQLException {
        return database.read(
                new TenantId(tenant),
                Optional.empty(),
                transaction -> transaction.run(sql, List.of()).getFirst().first());
    }

    private void assertItCostsABoundedTimeAndSoonNone() throws Exception {
        List<Future<Duration>> readers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 30; i++) {
                readers.add(threads.submit(this::failing));
            }
        }
        for (Future<Duration> reader : readers) {
            assertThat(reader.get()).isLessThan(LONGEST);
        }
        assertThat(database.breaker().getState()).isNotEqualTo(State.CLOSED);
        // Of those that come now at most one a second is tried.
        List<Duration> next = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Duration>> more = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                more.add(threads.submit(this::failing));
            }
            for (Future<Duration> reader : more) {
                next.add(reader.get());
            }
        }
        assertThat(next).filteredOn(took -> took.compareTo(AT_ONCE) < 0).hasSizeGreaterThanOrEqualTo(27);
        assertThat(meters.get("rowcast.breaker.refused").counter().count()).isGreaterThanOrEqualTo(27);
    }

    private Duration failing() {
        long began = System.nanoTime();
        assertThatThrownBy(this::read)
                .satisfies(failure -> assertThat(Database.isAway(failure))
                        .as(failure.toString())
                        .isTrue());
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private void awaitAnswer() {
        await().atMost(SOON).ignoreExceptions().until(() -> read().equals("1"));
        await().atMost(SOON).ignoreExceptions().until(() -> {
            read();
            return database.breaker().getState() == State.CLOSED;
        });
    }

    private String read() throws SQLException {
        return database.read(transaction ->
                transaction.run("select '1'", List.of()).getFirst().first());
    }
}
