package dev.rowcast.gateway.read;

/// What a client sent, made fit for an answer.
final class Shown {

    private static final int LONGEST = 100;

    private Shown() {}

    /// Cut at 100 characters.
    static String of(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
    }
}
