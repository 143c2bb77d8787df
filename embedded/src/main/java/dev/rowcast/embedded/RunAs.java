package dev.rowcast.embedded;

import dev.rowcast.embedded.EmbeddedException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// How Postgres, which refuses to run as root, is run.
///
/// @param prefix what goes before each of its commands
/// @param owner whose its data must be
record RunAs(List<String> prefix, String owner) {
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

    /// The first way that works here: as we are; root inside a user namespace, where it is nobody in particular; or
    /// another user (containers often forbid the namespace).
    static RunAs choose() {
        String user = System.getProperty("user.name");
        return user.equals("root")
                ? choose(RunAs::namespace, () -> user("postgres"), () -> user("nobody"))
                : new RunAs(List.of(), user);
    }

    @SafeVarargs
    static RunAs choose(Supplier<RunAs>... candidates) {
        return Stream.of(candidates)
                .map(Supplier::get)
                .filter(way -> way.can("true"))
                .findFirst()
                .orElseThrow(() -> new EmbeddedException(
                        Code.ROOT_REFUSED,
                        "Postgres does not run as root, and neither 'unshare -U' nor 'setpriv --reuid' works here;"
                                + " run as another user, or use a Postgres of your own"));
    }

    static RunAs namespace() {
        return new RunAs(List.of("unshare", "-U"), "root");
    }

    /// As that user, in its main group.
    static RunAs user(String name) {
        String group =
                ServerProcess.run(List.of("id", "-g", name), PROBE_TIMEOUT).output();
        return new RunAs(List.of("setpriv", "--reuid=" + name, "--regid=" + group, "--init-groups"), name);
    }

    List<String> command(Path program, String... arguments) {
        var all = new ArrayList<>(prefix);
        all.add(program.toString());
        all.addAll(List.of(arguments));
        return all;
    }

    /// Whether this way gets to the path, through all folders above it.
    boolean reaches(Path path) {
        return can("test", "-r", path.toString());
    }

    private boolean can(String... command) {
        var all = new ArrayList<>(prefix);
        all.addAll(List.of(command));
        return ServerProcess.run(all, PROBE_TIMEOUT).ok();
    }

    /// Gives the data to the owner; at once when it already has them.
    void own(Path data) {
        try {
            UserPrincipal user =
                    data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner);
            if (Files.getOwner(data).equals(user)) {
                return;
            }
            try (Stream<Path> all = Files.walk(data)) {
                // The root of the tree last: it says that the work is done.
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.getFileAttributeView(path, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                            .setOwner(user);
                }
            }
        } catch (IOException e) {
            throw Folders.unusable(data, e);
        }
    }
}
