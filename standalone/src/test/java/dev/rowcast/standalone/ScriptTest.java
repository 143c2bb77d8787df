package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The `rowcast` script itself: what it says when the machine lacks something.
class ScriptTest {

    @Test
    void withoutAJdkItSaysWhichAndHowToPointToIt(@TempDir Path empty) throws Exception {
        String said = run(Map.of("ROWCAST_JVMS", empty.toString(), "PATH", onlyTools(empty), "HOME", empty.toString()));

        assertThat(said).contains("JDK 25", "ROWCAST_JAVA_HOME", "[NO_JDK]").hasLineCount(1);
    }

    @Test
    void anOlderJdkIsNotTaken(@TempDir Path empty) throws Exception {
        Path old = empty.resolve("jvms/jdk-17/bin");
        Files.createDirectories(old);
        Files.writeString(old.resolve("javac"), "#!/bin/sh\n").toFile().setExecutable(true);
        Files.writeString(empty.resolve("jvms/jdk-17/release"), "JAVA_VERSION=\"17.0.15\"\n");

        String said = run(Map.of(
                "ROWCAST_JVMS", empty.resolve("jvms").toString(), "PATH", onlyTools(empty), "HOME", empty.toString()));

        assertThat(said).contains("[NO_JDK]");
    }

    @Test
    void withoutMavenItSaysHowToGetIt(@TempDir Path empty) throws Exception {
        // A copy without anything built, so that it has to build.
        Path home = Files.createDirectory(empty.resolve("home"));
        Files.copy(TestFolders.home().resolve("rowcast"), home.resolve("rowcast"));
        home.resolve("rowcast").toFile().setExecutable(true);

        String said = run(
                home.resolve("rowcast"),
                Map.of("ROWCAST_JAVA_HOME", System.getProperty("java.home"), "PATH", onlyTools(empty)),
                "up");

        assertThat(said).contains("Maven is missing", "[NO_MAVEN]");
    }

    private static String run(Map<String, String> environment) throws Exception {
        return run(TestFolders.home().resolve("rowcast"), environment, "up");
    }

    private static String run(Path script, Map<String, String> environment, String verb) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", script.toString(), verb).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(1);
        return said;
    }

    /// A path with what the script calls, and no Java and no Maven.
    private static String onlyTools(Path folder) throws Exception {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : new String[] {"sed", "dirname", "readlink", "ls", "find", "head", "touch", "rm"}) {
            Path real = Path.of("/usr/bin", tool);
            if (!Files.exists(tools.resolve(tool))) {
                Files.createSymbolicLink(tools.resolve(tool), Files.exists(real) ? real : Path.of("/bin", tool));
            }
        }
        return tools.toString();
    }
}
