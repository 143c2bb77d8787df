package dev.rowcast.standalone;

import dev.rowcast.standalone.RunningStack.Running;
import dev.rowcast.standalone.containers.ContainerParts;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.testcontainers.DockerClientFactory;

/// The same suite with Postgres, Kafka and Redis in containers.
@Tag(ContainerParts.TAG)
@EnabledIf(value = "aDockerEngineIsThere", disabledReason = "no Docker engine: start one, or set DOCKER_HOST")
class WholePathContainersTest extends WholePathTest {

    WholePathContainersTest(Running running) {
        super(running);
    }

    static boolean aDockerEngineIsThere() {
        return DockerClientFactory.instance().isDockerAvailable();
    }
}
