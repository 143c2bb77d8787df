package dev.rowcast.ingest.kill;

/// Values as the suite compares them: a large one by its length and hash, because a round has thousands.
final class Texts {

    private static final int SHORT = 40;

    private Texts() {}

    static String shortened(String value) {
        return value.length() <= SHORT ? value : value.length() + " characters, hash " + value.hashCode();
    }
}
