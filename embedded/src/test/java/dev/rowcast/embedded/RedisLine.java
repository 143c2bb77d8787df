package dev.rowcast.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A Redis client of one line.
final class RedisLine {
    private RedisLine() {}

    /// The first line of the answer.
    static String send(int port, String command) throws IOException {
        try (var socket = new Socket(Ports.HOST, port)) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
        }
    }
}
