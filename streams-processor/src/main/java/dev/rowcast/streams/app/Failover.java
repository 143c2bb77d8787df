package dev.rowcast.streams.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;

/// What happens to partitions when a process ends: who takes over, and how soon.
///
/// @param instance names this process among those of the same group and is the same after a restart; letters, digits,
///     dots, hyphens and underscores, at most [#LONGEST_NAME]. A process that comes back under its name takes its
///     partitions back at once, though nobody has missed the killed one yet. Two processes of one name throw each
///     other out
/// @param standbys how many other processes keep a copy of each partition's state; 0 where there is only one process
/// @param sessionTimeout how long a killed process is waited for; the broker refuses less than its
///     `group.min.session.timeout.ms`, 6 s by default
public record Failover(String instance, int standbys, Duration sessionTimeout) {

    static final int LONGEST_NAME = 200;
    static final Duration SESSION_TIMEOUT = Duration.ofSeconds(6);

    private static final Duration SHORTEST = Duration.ofMillis(500);
    private static final int MOST_STANDBYS = 5;

    public Failover {
        if (!instance.matches("[a-zA-Z0-9._-]{1,%d}".formatted(LONGEST_NAME))) {
            throw new IllegalArgumentException(
                    "instance must be 1 to %d letters, digits, dots, hyphens and underscores, not '%s'"
                            .formatted(LONGEST_NAME, instance));
        }
        if (standbys < 0 || standbys > MOST_STANDBYS) {
            throw new IllegalArgumentException("standbys must be 0 to %d, not %d".formatted(MOST_STANDBYS, standbys));
        }
        if (sessionTimeout.compareTo(SHORTEST) < 0) {
            throw new IllegalArgumentException(
                    "sessionTimeout must be at least %s, not %s".formatted(SHORTEST, sessionTimeout));
        }
    }

    /// For the only process, or the first of several: no standby, and what every broker allows.
    ///
    /// @param stateDir one process each, so that with the machine's name it names the process
    public static Failover of(Path stateDir) {
        return new Failover(instance(stateDir), 0, SESSION_TIMEOUT);
    }

    public Failover withInstance(String other) {
        return new Failover(other, standbys, sessionTimeout);
    }

    public Failover withStandbys(int other) {
        return new Failover(instance, other, sessionTimeout);
    }

    public Failover withSessionTimeout(Duration other) {
        return new Failover(instance, standbys, other);
    }

    private static String instance(Path stateDir) {
        String host = host().replaceAll("[^a-zA-Z0-9._-]", "-");
        String path = HexFormat.of().toHexDigits(real(stateDir).toString().hashCode());
        return host.substring(0, Math.min(host.length(), LONGEST_NAME - path.length() - 1)) + "-" + path;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "host"; // then the folder alone tells processes apart
        }
    }

    private static Path real(Path folder) {
        try {
            return folder.toFile().getCanonicalFile().toPath();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot find " + folder, e);
        }
    }
}
