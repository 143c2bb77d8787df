package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.schemas.topic.Topic;
import dev.rowcast.schemas.topic.Topics;
import java.nio.file.Files;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The page about topics says what the code does.
class TopicsPageTest {

    static java.util.List<Topic<?, ?>> topics() {
        return Topics.all();
    }

    @ParameterizedTest
    @MethodSource("topics")
    void everyTopicIsOnThePageWithItsRetention(Topic<?, ?> topic) throws Exception {
        String page = Files.readString(TestFolders.home().resolve("docs/reference/topics.md"));

        assertThat(page.lines().filter(line -> line.startsWith("| `" + topic.name() + "`")))
                .singleElement()
                .asString()
                .contains("| " + topic.retention() + " |");
    }
}
