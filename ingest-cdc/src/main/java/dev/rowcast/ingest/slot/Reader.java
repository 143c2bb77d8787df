package dev.rowcast.ingest.slot;

/// A session of the database that has what should be ours: the slot, or the lock of the lease.
///
/// @param pid of the session's process
/// @param application what it calls itself
/// @param user who is logged in
public record Reader(int pid, String application, String user) {

    @Override
    public String toString() {
        return "process %d (application '%s', user '%s')".formatted(pid, application, user);
    }
}
