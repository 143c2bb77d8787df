package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.standalone.RunningStack.Running;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whoever has read the protocol's page, and nothing else of us, can connect.
@ExtendWith(RunningStack.class)
class StrangerTest {

    private static final Path NODE = TestFolders.home().resolve("standalone/src/test/node");

    private final Running running;

    StrangerTest(Running running) {
        this.running = running;
    }

    @Test
    void aClientWrittenFromThePageHearsAChangeOnEveryTransport() throws IOException, InterruptedException {
        Process node = new ProcessBuilder("node", "stranger.mjs", running.at().gateway(), "pk_demo", "vault:1")
                .directory(NODE.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<JsonNode> heard = new ArrayList<>();
        try (BufferedReader out = node.inputReader()) {
            assertThat(out.readLine()).isEqualTo("ready");

            running.sql("update sources set title='for a stranger' where id=1");

            for (String line = out.readLine(); line != null; line = out.readLine()) {
                heard.add(JsonMapper.shared().readTree(line));
            }
        }

        assertThat(node.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isZero();
        assertThat(heard)
                .extracting(each -> each.get("transport").asString())
                .containsExactly("stream", "socket", "poll", "resumed");
        assertThat(heard).extracting(each -> each.get("entityId").asString()).containsOnly("1");
        assertThat(heard)
                .extracting(each -> each.get("version").asLong())
                .containsOnly(heard.getFirst().get("version").asLong());
    }
}
