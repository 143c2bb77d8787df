package dev.rowcast.cache;

/// Where an answer came from.
public enum CacheStatus {
    /// This process had it.
    HIT_L1("HIT-L1"),
    /// Redis had it.
    HIT_L2("HIT-L2"),
    /// The database, since nobody had it.
    MISS("MISS"),
    /// The database, since the caches may not be asked or not be trusted.
    BYPASS("BYPASS");

    private final String text;

    CacheStatus(String text) {
        this.text = text;
    }

    /// As in the header `X-Cache`.
    public String text() {
        return text;
    }

    /// Whether the database was spared.
    public boolean isHit() {
        return this == HIT_L1 || this == HIT_L2;
    }
}
