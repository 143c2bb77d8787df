package dev.rowcast.standalone.containers;

import dev.rowcast.standalone.ServiceJvm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A service as its image starts it, without the container: the same entry point, and no variable but the given ones.
///
/// @param environment its variables; the ports among them are where it listens
record ServiceProcess(ServiceJvm jvm, Map<String, String> environment) implements AutoCloseable {

    /// @param entryPoint the image's
    static ServiceProcess start(String name, List<String> entryPoint, Map<String, String> environment, Path folder)
            throws IOException {
        List<String> words = entryPoint.subList(1, entryPoint.size()).stream()
                .map(word -> switch (word) {
                    case "@/app/jvm.options" ->
                        "@" + Path.of("../infra/images/jvm.options").toAbsolutePath();
                    case "/app/rowcast/*:/app/lib/*" -> ServiceJvm.classPath();
                    default -> word;
                })
                .toList();
        return new ServiceProcess(ServiceJvm.start(name, words, environment, folder), environment);
    }

    String name() {
        return jvm.name();
    }

    /// Whether the address answers 200.
    ///
    /// @throws IllegalStateException when the process has ended
    boolean answers(String url) {
        return jvm.answers(here(url));
    }

    String get(String url) {
        return jvm.get(here(url));
    }

    /// An address of the container, with the port where this process has what the container has there.
    URI here(String url) {
        String port = environment.getOrDefault("ROWCAST_PORT", "none");
        return URI.create(url.replace(":8080/", ":" + port + "/")
                .replace(":8081/", ":" + environment.get("ROWCAST_MANAGEMENT_PORT") + "/"));
    }

    /// Asks it to end, as `docker compose stop` does.
    ///
    /// @return whether it ended in time
    boolean stop(Duration within) throws InterruptedException {
        return jvm.stop(within);
    }

    @Override
    public void close() {
        jvm.close();
    }
}
