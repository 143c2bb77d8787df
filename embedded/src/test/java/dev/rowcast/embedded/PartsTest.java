package dev.rowcast.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rowcast.embedded.junit.NeedsParts;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NeedsParts({Part.POSTGRES, Part.KAFKA, Part.REDIS})
class PartsTest {
    private final Postgres postgres;
    private final Kafka kafka;
    private final Redis redis;
    private final KafkaRecords records;

    PartsTest(Postgres postgres, Kafka kafka, Redis redis) {
        this.postgres = postgres;
        this.kafka = kafka;
        this.redis = redis;
        this.records = new KafkaRecords(kafka.bootstrapServers());
    }

    @ParameterizedTest
    @CsvSource({
        "server_version_num, 1800",
        "wal_level, logical",
        "max_slot_wal_keep_size, 1GB",
        "max_replication_slots, 20",
        "max_wal_senders, 20",
        "wal_sender_timeout, 1min",
        "listen_addresses, 127.0.0.1"
    })
    void postgresIsReadyForCapture(String setting, String expected) throws SQLException {
        try (var connection = postgres.connect();
                var rows = connection.createStatement().executeQuery("show " + setting)) {
            rows.next();
            assertThat(rows.getString(1)).startsWith(expected);
        }
    }

    @Test
    void aSlotCanBeMadeAndDropped() throws SQLException {
        var database = postgres.freshDatabase();
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("select pg_create_logical_replication_slot('probe', 'pgoutput')");
            statement.execute("select pg_drop_replication_slot('probe')");
        }
    }

    @Test
    void freshDatabasesDoNotMeet() throws SQLException {
        var first = postgres.freshDatabase();
        var second = postgres.freshDatabase();
        for (var database : new Postgres.Database[] {first, second}) {
            try (var connection = database.connect();
                    var statement = connection.createStatement()) {
                statement.execute("create table same_name (id int)");
            }
        }
        assertThat(first.name()).isNotEqualTo(second.name());
    }

    @Test
    void aWrongPasswordIsRefused() {
        assertThatThrownBy(() -> DriverManager.getConnection(postgres.jdbcUrl(), postgres.user(), "wrong"))
                .hasMessageContaining("password authentication failed");
    }

    @Test
    void aCrashedPostgresRecoversWhatWasCommitted() throws SQLException {
        var database = postgres.freshDatabase();
        try (var connection = database.connect();
                var statement = connection.createStatement()) {
            statement.execute("create table kept as select 42 as answer");
        }

        postgres.kill();
        postgres.start();

        try (var connection = database.connect();
                var rows = connection.createStatement().executeQuery("select answer from kept")) {
            assertThat(rows.next()).isTrue();
        }
    }

    @Test
    void readCommittedReadersSeeWhatWasCommittedOnly() throws Exception {
        records.createTopic("transactions");
        try (var producer = records.producer(Map.of("transactional.id", "parts-test"))) {
            producer.initTransactions();
            producer.beginTransaction();
            var _ = producer.send(new ProducerRecord<>("transactions", "aborted"));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            var _ = producer.send(new ProducerRecord<>("transactions", "committed"));
            producer.commitTransaction();
        }
        // The commit is decided when it returns, and written to the topic a little later.
        await().untilAsserted(
                        () -> assertThat(records.readCommitted("transactions")).containsExactly("committed"));
    }

    @Test
    void aSecondWriterFencesTheFirst() throws Exception {
        records.createTopic("fenced");
        try (var zombie = records.producer(Map.of("transactional.id", "fenced"));
                var successor = records.producer(Map.of("transactional.id", "fenced"))) {
            zombie.initTransactions();
            zombie.beginTransaction();
            successor.initTransactions();

            assertThatThrownBy(() -> {
                        var _ = zombie.send(new ProducerRecord<>("fenced", "late"));
                        zombie.commitTransaction();
                    })
                    .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
        }
    }

    @Test
    void topicsThatNobodyDeclaredAreNotMade() throws Exception {
        try (var producer = records.producer(Map.of("max.block.ms", 500))) {
            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("undeclared", "x"))
                            .get())
                    .hasMessageContaining("undeclared");
        }
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            assertThat(admin.listTopics().names().get()).doesNotContain("undeclared");
        }
    }

    @Test
    void aStoppedBrokerComesBackWithItsRecordsOnItsPort() throws Exception {
        records.createTopic("kept");
        records.send("kept", "one");
        int port = kafka.port();

        kafka.stop();
        kafka.start();

        assertThat(kafka.port()).isEqualTo(port);
        assertThat(records.readCommitted("kept")).containsExactly("one");
    }

    @Test
    void redisComesBackOnItsPortAfterACrash() throws Exception {
        assertThat(RedisLine.send(redis.port(), "PING")).isEqualTo("+PONG");

        redis.kill();
        redis.start();

        assertThat(RedisLine.send(redis.port(), "PING")).isEqualTo("+PONG");
    }
}
