package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class WithParentTest {

    @Test
    void aChildDoesNotSurviveItsParentThatIsKilled() throws Exception {
        Process parent = start(Parent.class, ProcessBuilder.Redirect.PIPE);
        try (BufferedReader out = parent.inputReader()) {
            ProcessHandle child =
                    ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
            assertThat(child.isAlive()).isTrue();

            parent.destroyForcibly().waitFor();

            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !child.isAlive());
        } finally {
            parent.destroyForcibly();
        }
    }

    private static Process start(Class<?> main, ProcessBuilder.Redirect output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        WithParent.class.getName(),
                        main.getName())
                .redirectOutput(output)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /// Starts a child and waits to be killed.
    static final class Parent {
        private Parent() {}

        public static void main(String[] args) throws Exception {
            start(Child.class, ProcessBuilder.Redirect.INHERIT);
            new CountDownLatch(1).await();
        }
    }

    /// Says which process it is, once it watches its parent, and does nothing for ever.
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws InterruptedException {
            System.out.println(ProcessHandle.current().pid());
            new CountDownLatch(1).await();
        }
    }
}
