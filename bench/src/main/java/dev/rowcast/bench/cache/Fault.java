package dev.rowcast.bench.cache;

/// What happens to Redis for a while.
enum Fault {
    KILLED("killed, and started again"),
    PAUSED("stands still (SIGSTOP)"),
    SWALLOWED("swallowed by the network");

    private final String title;

    Fault(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    void begin(Stand stand) {
        switch (this) {
            case KILLED -> stand.redis().kill();
            case PAUSED -> stand.redis().pause();
            case SWALLOWED -> stand.proxy().swallow(true);
        }
    }

    /// Returns when Redis can be reached again.
    void end(Stand stand) {
        switch (this) {
            case KILLED -> stand.redis().start();
            case PAUSED -> stand.redis().resume();
            case SWALLOWED -> stand.proxy().swallow(false);
        }
    }
}
