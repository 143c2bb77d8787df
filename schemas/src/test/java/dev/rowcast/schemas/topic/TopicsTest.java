package dev.rowcast.schemas.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class TopicsTest {

    @Test
    void everyNameIsLowerCaseWithDotsAndHyphensAndStandsOnce() {
        Set<String> names = Topics.all().stream().map(Topic::name).collect(Collectors.toSet());

        assertThat(names).hasSameSizeAs(Topics.all()).allMatch(name -> name.matches("[a-z][a-z.-]*"));
    }

    @Test
    void commandsAreInTheSamePartitionAsTheirTenantsChanges() {
        assertThat(Topics.COMMANDS.partitions()).isEqualTo(Topics.CHANGES.partitions());
        assertThat(Topics.COMMANDS.key()).isEqualTo(Topics.CHANGES.key());
    }

    @Test
    void partitionsFollowKafkasOwnRule() {
        byte[] key = "demo".getBytes(java.nio.charset.StandardCharsets.UTF_8);

        assertThat(Partitions.of("demo", 8)).isEqualTo(BuiltInPartitioner.partitionForKey(key, 8));
    }

    @Test
    void credentialsOutliveAnyRetention() {
        assertThat(Topics.rows("app", Topics.API_KEYS_TABLE).retention()).isEqualTo(new Retention.Compact());
        assertThat(Topics.rows("app", "public.sources").retention()).hasToString("7 d");
    }

    @Test
    void onlyAvroHasSubjects() {
        assertThat(Topics.CHANGES.keySubject()).isEmpty();
        assertThat(Topics.CHANGES.valueSubject()).contains("rowcast.changes-value");
        assertThat(Topics.rows("app", "public.sources").keySubject()).contains("cdc.app.public.sources-key");
    }
}
