package dev.rowcast.ingest;

import static org.awaitility.Awaitility.await;

/// Makes every commit of the server hang that does not say otherwise, until it is closed.
record HeldCommits(World world) implements AutoCloseable {

    private static final String HANGING = "from pg_stat_activity where datname = '%s' and wait_event = 'SyncRep'";

    /// Returns when a commit of somebody in the world's database hangs. The world's own session does not wait.
    static HeldCommits in(World world) {
        HeldCommits held = new HeldCommits(world);
        world.execute("set synchronous_commit to local");
        world.execute("alter system set synchronous_standby_names = 'nobody'");
        world.execute("select pg_reload_conf()");
        await().atMost(World.PATIENCE).until(() -> !held.xid().isEmpty());
        return held;
    }

    /// The transaction that hangs.
    String xid() {
        return world.query("select backend_xid " + HANGING.formatted(world.database.name()));
    }

    @Override
    public void close() {
        world.execute("alter system reset synchronous_standby_names");
        world.execute("select pg_reload_conf()");
        await().atMost(World.PATIENCE).until(() -> xid().isEmpty());
    }
}
