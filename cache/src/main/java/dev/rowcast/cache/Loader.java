package dev.rowcast.cache;

/// Reads a value from the database: the primary, in one `REPEATABLE READ READ ONLY` transaction whose first statement
/// is
/// `select pg_current_snapshot()`. A standby's snapshot does not say which transactions it lacks.
///
/// @param <E> when the database does not answer
@FunctionalInterface
public interface Loader<E extends Exception> {
    Loaded load() throws E;
}
