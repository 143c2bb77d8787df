package dev.rowcast.gateway.read;

import java.sql.SQLTransientException;

/// The database did not answer the latest reads, so this one was not tried.
final class DatabaseRefusedException extends SQLTransientException {

    private static final long serialVersionUID = 1L;

    DatabaseRefusedException(Throwable cause) {
        super("the database did not answer the latest reads and is not asked at present", cause);
    }
}
