package dev.rowcast.bench.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the kernel holds for sockets because their peers do not take it (Linux, `ss`).
///
/// @param bytes of memory, over all sockets of which something was not taken; 0 where `ss` is not there
/// @param sockets how many these are
public record SocketQueues(long bytes, int sockets) {

    private static final Pattern WAITING = Pattern.compile("skmem:\\([^)]*?,w(\\d+)");
    private static final int SENT_AND_NOT_TAKEN = 2;

    /// Of connections that a server accepted.
    ///
    /// @param port that it listens on
    public static SocketQueues sentBy(int port) throws InterruptedException {
        try {
            Process ss = new ProcessBuilder("ss", "-t", "-a", "-n", "-m", "-H", "-O", "sport = :" + port)
                    .redirectErrorStream(true)
                    .start();
            String text = new String(ss.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            ss.waitFor();
            return parse(text);
        } catch (IOException e) {
            return new SocketQueues(0, 0); // there is no ss
        }
    }

    /// @param text of `ss -tanmHO`: a line for each socket
    static SocketQueues parse(String text) {
        long bytes = 0;
        int sockets = 0;
        for (String line : text.lines().toList()) {
            String[] fields = line.trim().split(" +");
            Matcher memory = WAITING.matcher(line);
            boolean waits = fields.length > SENT_AND_NOT_TAKEN
                    && !fields[0].equals("LISTEN")
                    && !fields[SENT_AND_NOT_TAKEN].equals("0");
            if (waits && memory.find()) {
                bytes += Long.parseLong(memory.group(1));
                sockets++;
            }
        }
        return new SocketQueues(bytes, sockets);
    }
}
